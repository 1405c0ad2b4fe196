"""The explorer of lesson 04: buttons that drive one real container through its states."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from datetime import datetime
from html import escape
from typing import Any

import docker
import ipywidgets as widgets

from dockerlab.explorers.states import ACTIONS, allowed, drawing

SHOWN_EVENTS = 12
STOP_TIMEOUT = 2  # seconds between SIGTERM and SIGKILL: short, so that the wait can be watched
LISTENING_NOTE = "every state is the daemon's answer to inspect"


class ContainerStates(widgets.VBox):  # type: ignore[misc]
    """A container's state machine, with a button for each action and the daemon's events beside it.

    The state shown is always what the daemon says, also when the container is changed elsewhere.

    Args:
        client: of the engine.
        name: of the container that the buttons drive; it is made by the first of them.
        labels: given to it.
        image: that it is made from.
    """

    def __init__(
        self,
        client: docker.DockerClient,
        *,
        name: str,
        labels: dict[str, str],
        image: str = "busybox",
    ) -> None:
        self._client = client
        self._name = name
        self._labels = labels
        self._image = image
        self._lines: deque[str] = deque(maxlen=SHOWN_EVENTS)
        self._picture = widgets.HTML()
        self._events = widgets.HTML()
        self._message = widgets.HTML()
        self._buttons = {
            action: widgets.Button(
                description=action,
                tooltip=f"docker {action if action != 'remove' else 'rm'} {name}",
                layout=widgets.Layout(width="86px"),
            )
            for action in ACTIONS
        }
        for button in self._buttons.values():
            button.on_click(self._clicked)
        super().__init__(
            [
                widgets.HBox(
                    list(self._buttons.values()), layout=widgets.Layout(flex_flow="row wrap")
                ),
                self._message,
                widgets.HBox(
                    [
                        widgets.Box([self._picture], layout=widgets.Layout(flex="3 1 420px")),
                        widgets.Box([self._events], layout=widgets.Layout(flex="2 1 240px")),
                    ],
                    layout=widgets.Layout(flex_flow="row wrap"),
                ),
            ]
        )
        self._stream = client.events(decode=True, filters={"container": name})
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.refresh()

    @property
    def state(self) -> str:
        """The container's state, as the daemon has it now; "removed" where there is none."""
        try:
            box = self._client.api.inspect_container(self._name)
        except docker.errors.NotFound:
            return "removed"
        return str(box["State"]["Status"])

    def act(self, action: str) -> None:
        """Do to the real container what the button of this name does; show what the daemon says.

        Args:
            action: one of `states.ACTIONS`.
        """
        self._message.value = ""
        try:
            self._do(action)
        except docker.errors.APIError as error:
            self._message.value = f"<b>The daemon refuses:</b> {escape(str(error.explanation))}"
        self.refresh()

    def refresh(self) -> None:
        """Show the daemon's present answer."""
        state = self.state
        self._picture.value = drawing(state, note=LISTENING_NOTE)
        for action, button in self._buttons.items():
            button.disabled = action not in allowed(state)
            button.button_style = "" if button.disabled else "primary"
        lines = "".join(f"<div>{line}</div>" for line in self._lines) or "<i>none yet</i>"
        self._events.value = (
            "<div style='line-height:1.5'><b>docker events</b>, the newest first"
            f"<div style='font-family:monospace;font-size:12px'>{lines}</div></div>"
        )

    def close(self) -> None:
        """Stop listening to the daemon, and take the widget away. The container stays."""
        with contextlib.suppress(Exception):  # the stream may have ended by itself
            self._stream.close()
        super().close()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """With a still picture, for where no kernel runs."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data is not None:
            data["text/html"] = drawing(self.state, note="run this cell to drive a real container")
            data["text/plain"] = f"ContainerStates: {self._name} is {self.state}"
        return bundle

    def _clicked(self, button: widgets.Button) -> None:
        self.act(button.description)

    def _do(self, action: str) -> None:
        api, name = self._client.api, self._name
        if action == "create":
            api.create_container(
                self._image, ["sleep", "3600"], name=name, labels=self._labels, detach=True
            )
        elif action in ("stop", "restart"):
            getattr(api, action)(name, timeout=STOP_TIMEOUT)
        elif action == "remove":
            api.remove_container(name)
        else:
            getattr(api, action)(name)

    def _listen(self) -> None:
        """Show the daemon's events of this container as they come, until the stream is closed."""
        with contextlib.suppress(Exception):  # a closed stream, or a daemon that went away
            for event in self._stream:
                moment = datetime.fromtimestamp(event["time"]).strftime("%H:%M:%S")
                exit_code = event["Actor"]["Attributes"].get("exitCode")
                detail = f" (exit code {exit_code})" if exit_code else ""
                self._lines.appendleft(escape(f"{moment} {event['Action']}{detail}"))
                self.refresh()
