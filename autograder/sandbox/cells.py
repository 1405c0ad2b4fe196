"""Running one cell in a kernel that is not to be trusted with time, memory or truth."""

from __future__ import annotations

import contextlib
import queue
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from nbformat import NotebookNode

from autograder.sandbox import shown

LOOK = 0.2  # seconds between two looks at whether the kernel lives
LOST = 2  # seconds from the end of a cell until what it printed is given up


class Ending(StrEnum):
    """How a cell came to its end."""

    DONE = "done"
    TIMEOUT = "timeout"
    FLOOD = "flood"
    DIED = "died"


@dataclass(frozen=True)
class Ran:
    """What came of a cell.

    Attributes:
        ending: how it ended.
        outputs: what it showed, as a notebook has it.
    """

    ending: Ending
    outputs: list[NotebookNode]


@dataclass
class _Outputs:
    """Collects what a cell shows, up to a limit."""

    limit: float
    nodes: list[NotebookNode] = field(default_factory=list)
    _size: int = 0
    _shown: dict[str, NotebookNode] = field(default_factory=dict)

    @property
    def too_much(self) -> bool:
        return self._size > self.limit

    def take(self, message: dict[str, Any]) -> None:
        kind, content = message["msg_type"], shown.part(message, "content")
        if kind == "clear_output":
            self.nodes.clear()
            return
        name = shown.part(content, "transient").get("display_id")
        if kind == "update_display_data":
            if name in self._shown:
                update = shown.output({**message, "msg_type": "display_data"})
                self._shown[name].data = update.data
            return
        if kind not in ("stream", "display_data", "execute_result", "error"):
            return
        self._size += len(str(content))
        if self.too_much:
            return
        node = shown.output(message)
        last = self.nodes[-1] if self.nodes else None
        if kind == "stream" and last and last.get("name") == node.name:
            last.text += node.text
            return
        self.nodes.append(node)
        if name:
            self._shown[name] = node


def execute(
    client: BlockingKernelClient,
    source: str,
    *,
    timeout: float,
    limit: float,
    is_alive: Callable[[], bool],
    is_cut: Callable[[], bool] = lambda: False,
) -> Ran:
    """Run a cell, and collect what it shows. A cell that does not end is left running.

    Args:
        client: of the kernel.
        source: the cell's.
        timeout: seconds that it may take.
        limit: bytes that it may show.
        is_alive: whether the kernel still lives.
        is_cut: whether a connection was cut, as it is to one who sends too much.
    """
    cell = client.execute(source, allow_stdin=False, stop_on_error=False)
    outputs = _Outputs(limit)
    deadline = time.monotonic() + timeout
    replied = float("inf")
    while True:
        now = time.monotonic()
        if now > deadline:
            return Ran(Ending.TIMEOUT, outputs.nodes)
        try:
            message = client.get_iopub_msg(timeout=min(LOOK, deadline - now))
        except queue.Empty:
            cut = is_cut()
            if cut:
                time.sleep(LOOK)  # a kernel that ends is first not reached, and then not there
            if not is_alive():
                return Ran(Ending.DIED, outputs.nodes)
            if cut:
                return Ran(Ending.FLOOD, outputs.nodes)
            if _replied(client, cell):
                replied = now
            if now > replied + LOST:  # a message so long that the connection was cut
                return Ran(Ending.FLOOD, outputs.nodes)
            continue
        except Exception:  # noqa: S112 - a student may send anything; what is not a message is none
            continue
        if shown.part(message, "parent_header").get("msg_id") != cell:
            continue
        if shown.part(message, "content").get("execution_state") == "idle":
            return Ran(Ending.DONE, outputs.nodes)
        with contextlib.suppress(Exception):  # likewise: a message without its parts
            outputs.take(message)
        if outputs.too_much:
            return Ran(Ending.FLOOD, outputs.nodes)


def settles(client: BlockingKernelClient, *, timeout: float) -> bool:
    """Whether a kernel, after an interrupt, answers in time.

    Args:
        client: of the kernel.
        timeout: seconds.
    """
    return ask(client, {}, timeout=timeout) is not None


def is_heard(client: BlockingKernelClient) -> bool:
    """Whether what a kernel shows reaches us; told by what it said while it settled.

    Args:
        client: of the kernel.
    """
    try:
        client.get_iopub_msg(timeout=LOOK)
    except queue.Empty:
        return False
    except Exception:  # noqa: S110 - see above
        pass
    return True


def ask(
    client: BlockingKernelClient, expressions: dict[str, str], *, timeout: float
) -> dict[str, str] | None:
    """Let a kernel evaluate expressions, and return what it shows for each.

    Args:
        client: of the kernel.
        expressions: by a name of ours.
        timeout: seconds.

    Returns:
        The text of each that could be evaluated; None where no answer came in time.
    """
    question = client.execute(
        "", silent=True, user_expressions=expressions, allow_stdin=False, stop_on_error=False
    )
    deadline = time.monotonic() + timeout
    while (left := deadline - time.monotonic()) > 0:
        try:
            message = client.get_shell_msg(timeout=left)
        except queue.Empty:
            return None
        except Exception:  # noqa: S112 - see above
            continue
        if shown.part(message, "parent_header").get("msg_id") == question:
            told = shown.part(shown.part(message, "content"), "user_expressions")
            return {name: text for name in expressions if (text := _text(told.get(name)))}
    return None


def _replied(client: BlockingKernelClient, cell: str) -> bool:
    with contextlib.suppress(Exception):
        message = client.get_shell_msg(timeout=0)
        return bool(shown.part(message, "parent_header").get("msg_id") == cell)
    return False


def _text(told: Any) -> str | None:
    try:
        text = told["data"]["text/plain"]
    except (KeyError, TypeError):
        return None
    return text if isinstance(text, str) else None
