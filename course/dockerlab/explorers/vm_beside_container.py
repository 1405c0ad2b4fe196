"""The explorer of lesson 01: a virtual machine and a container, side by side, measured."""

from __future__ import annotations

import contextlib
from html import escape
from typing import Any

import docker
import ipywidgets as widgets
import requests

from dockerlab import vm
from dockerlab.errors import DockerLabError
from dockerlab.explorers import sides
from dockerlab.explorers.sides import Side
from dockerlab.explorers.sides_drawing import svg
from dockerlab.frame import bundle, error, frame, row, status
from dockerlab.lesson import Lesson

MACHINE, CONTAINER, ROOTFS = "side-vm", "side-container", "side-rootfs"
MEMORIES = (96, 128, 256, 512)  # MB; with less, the guest's kernel has no room
COMMANDS = {
    "Which kernel?": "uname -sr; uptime",
    "Which processor?": "grep -m 1 'model name' /proc/cpuinfo; nproc",
    "Which disks?": "cat /proc/partitions",
    "How much memory?": "free -m",
    "Which processes?": "ps",
    "Which files?": "ls /",
}
TROUBLE = (docker.errors.DockerException, requests.RequestException, DockerLabError)


class VmBesideContainer:
    """A virtual machine and a container with the same files, started, measured, and asked.

    Both are started when this is made. Where no kernel runs, the picture of that stays.

    Args:
        lesson: a started lesson; what is made bears its label, and its clean-up removes it.
        memory: of the guest, in MB.

    Raises:
        CommandFailed: the machine did not come up; the message has its console's last words.
    """

    def __init__(self, lesson: Lesson, *, memory: int = 128) -> None:
        self._client = lesson.client
        self._labels = lesson.labels
        self._picture = widgets.HTML()
        self._said = widgets.HTML()
        self._answers = {name: widgets.HTML() for name in ("machine", "container")}
        self.memory = widgets.Dropdown(
            options=[(f"{size} MB", size) for size in MEMORIES],
            value=memory,
            description="The VM's memory",
            style={"description_width": "initial"},
            layout={"width": "220px"},
        )
        self.again = widgets.Button(
            description="Start both again",
            tooltip="Remove both, start them anew, and measure",
            button_style="primary",
        )
        self.again.on_click(lambda _: self.restart())
        self.questions = {title: self._question(title) for title in COMMANDS}
        self.view = self._layout()
        files = vm.import_rootfs(self._client, ROOTFS, labels=self._labels).attrs["Size"]
        self._files = int(files)
        self._kernel_file = len(vm.file_of(self._client, "/vm/vmlinuz", labels=self._labels))
        self._start()

    @property
    def picture(self) -> str:
        """The bars of the last measurement, as an SVG."""
        return svg(self.machine_side, self.container_side)

    def restart(self) -> None:
        """Start both anew and measure. What goes wrong is shown, not raised."""
        self._said.value = status("Both are starting; the virtual machine takes a while …")
        for button in (self.again, *self.questions.values()):
            button.disabled = True
        try:
            self._start()
            self._said.value = ""
        except TROUBLE as problem:
            self._said.value = error("That did not work", problem)
        finally:
            for button in (self.again, *self.questions.values()):
                button.disabled = False

    def ask(self, command: str) -> tuple[str, str]:
        """Run a shell's line in both, and show what they say.

        Returns:
            The machine's answer, and the container's.
        """
        try:
            answers = self.machine.run(command), self._in_container(command)
        except TROUBLE as problem:
            self._said.value = error("No answer", problem)
            return "", ""
        for widget, answer in zip(self._answers.values(), answers, strict=True):
            widget.value = f"<pre class='dl-answer'>{escape(answer)}</pre>"
        return answers

    def close(self) -> None:
        """Switch the buttons off. The lesson's clean-up removes what was made."""
        for button in (self.again, *self.questions.values()):
            button.disabled = True

    def _start(self) -> None:
        for name in (MACHINE, CONTAINER):
            with contextlib.suppress(docker.errors.NotFound):
                self._client.api.remove_container(name, force=True, v=True)
        self.container, took = sides.start_container(
            self._client, ROOTFS, name=CONTAINER, labels=self._labels
        )
        self.machine = vm.boot(
            self._client, name=MACHINE, labels=self._labels, memory=self.memory.value
        )
        self.container_side: Side = sides.measure_container(self.container, took, self._files)
        self.machine_side: Side = sides.measure_machine(
            self.machine, self._files, self._kernel_file
        )
        self._picture.value = self.picture

    def _in_container(self, command: str) -> str:
        ran: Any = self.container.exec_run(["sh", "-c", command])
        return str(ran.output.decode(errors="replace"))

    def _question(self, title: str) -> widgets.Button:
        command = COMMANDS[title]
        button = widgets.Button(description=title, tooltip=command, layout={"width": "auto"})
        button.on_click(lambda _: self.ask(command))
        return button

    def _layout(self) -> widgets.VBox:
        style = (
            "<style>.dl-explorer pre.dl-answer{font-size:12px;line-height:1.35;max-height:260px;"
            "overflow:auto;margin:0;padding:8px;background:#0f172a;color:#e2e8f0;border-radius:6px;"
            "min-height:60px}.dl-side{flex:1 1 340px;min-width:320px}</style>"
        )
        columns = []
        for title, answer in zip(
            ("The virtual machine says", "The container says"), self._answers.values(), strict=True
        ):
            answer.value = "<pre class='dl-answer'>(ask something)</pre>"
            column = widgets.VBox([widgets.HTML(f"<b>{title}</b>"), answer])
            column.add_class("dl-side")
            columns.append(column)
        return frame(
            f"{style}<b>A virtual machine beside a container</b>: the same programs, twice",
            row(self.again, self.memory),
            self._said,
            self._picture,
            widgets.HTML("<b>Ask both</b>"),
            row(*self.questions.values()),
            row(*columns),
            kind="dl-sides",
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """The live view, and the picture for where no kernel runs."""
        return bundle(
            self.view,
            self.picture,
            "A virtual machine beside a container; run this cell to measure and to ask both.",
        )
