"""The kernel that runs the tests: outside of the sandbox, but in its network.

So `localhost:8080` is the sandbox's port, as it is for the student at home, and nothing else of the
sandbox's is shared: no process, no file, no variable.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from autograder.grading.errors import JudgeFault
from autograder.role import VARIABLE, Role
from autograder.sandbox import cells
from autograder.sandbox.cells import Ending, Ran
from autograder.sandbox.opening import Opened
from autograder.sandbox.outer import new_folder
from autograder.sandbox.sandbox import Sandbox
from dockerlab.errors import WaitTimeout
from dockerlab.wait import wait_for

START_TIMEOUT = 60  # seconds
CELL_TIMEOUT = 600  # seconds: each of a cell's checks has its own, shorter one
MOST_MEMORY = 8_000_000_000  # bytes of address space
MOST_OUTPUT = 5_000_000  # bytes
KERNEL = ("--HistoryManager.enabled=False", "--IPKernelApp.log_level=ERROR")


class _InNetwork(KernelManager):
    """Starts a kernel in another network, and with a limit to its memory."""

    network: Path

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        command = super().format_kernel_cmd(extra_arguments)
        confine = ["nsenter", f"--net={self.network}", "prlimit", f"--as={MOST_MEMORY}"]
        return ["setpriv", "--pdeathsig=KILL", *confine, *command]  # ends with whoever started it


class Judge(Opened):
    """A kernel for the tests of one submission.

    Args:
        box: the sandbox that they are about.

    Raises:
        JudgeFault: on entering, it does not start.
    """

    def __init__(self, box: Sandbox) -> None:
        self._box = box
        self._folder = new_folder()
        self._manager = _InNetwork(
            transport="ipc", connection_file=f"{self._folder.name}/kernel.json"
        )
        self._manager.network = box.engine.daemon.network
        self._client: BlockingKernelClient | None = None

    def _open(self, stack: contextlib.ExitStack) -> None:
        stack.callback(self._end)
        empty = Path(self._folder.name, "empty")
        empty.mkdir()
        self._manager.start_kernel(  # and do not wait for it: the first use of the client does
            extra_arguments=list(KERNEL),
            cwd=str(empty),
            env={
                **{name: value for name, value in os.environ.items() if "DOCKER" not in name},
                VARIABLE: Role.JUDGE,
                "DOCKER_HOST": self._box.engine.host,
                "PYTHONSAFEPATH": "1",
            },
        )

    def run(self, source: str) -> Ran:
        """Run a cell.

        Args:
            source: the cell's.

        Raises:
            JudgeFault: the kernel has ended, or the cell does not end.
        """
        ran = cells.execute(
            self.client,
            source,
            timeout=CELL_TIMEOUT,
            limit=MOST_OUTPUT,
            is_alive=self._manager.is_alive,
        )
        if ran.ending is not Ending.DONE:
            raise JudgeFault(f"The kernel that runs the tests had to be given up ({ran.ending}).")
        return ran

    def receive(self, answers: Mapping[str, Any]) -> None:
        """Hand over what the student's variables hold.

        Args:
            answers: by the variables' names, as `autograder.answering.tell` wrote them down.
        """
        told = json.dumps(json.dumps(answers))
        ran = self.run(f"__import__('autograder.answering').answering.receive({told})")
        if ran.outputs:
            raise JudgeFault("The student's answers could not be handed over.")

    @property
    def client(self) -> BlockingKernelClient:
        """The connection; the first use waits until the kernel answers."""
        if self._client is None:
            client = self._manager.blocking_client()
            client.start_channels(hb=False, stdin=False)
            self._client = client
            try:
                wait_for(
                    lambda: cells.settles(client, timeout=0.3) or not self._manager.is_alive(),
                    timeout=START_TIMEOUT,
                    interval=0.01,
                    what="the kernel that runs the tests",
                )
            except WaitTimeout as error:
                raise JudgeFault(str(error)) from error
        return self._client

    def _end(self) -> None:
        if self._client is not None:
            self._client.stop_channels()
        if self._manager.has_kernel:
            self._manager.shutdown_kernel(now=True)
        self._manager.cleanup_resources()
        self._folder.cleanup()


def asked_for(source: str) -> list[str]:
    """The names of the answers that a test's source asks for, by `answer("name")`.

    Args:
        source: of a test cell.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    return sorted(
        {
            node.args[0].value
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "answer"
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        }
    )
