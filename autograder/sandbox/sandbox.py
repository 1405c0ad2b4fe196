"""A throwaway engine for one submission, with the student's kernel in it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from autograder.sandbox import disks, golden, image, outer
from autograder.sandbox.engine import InnerEngine
from autograder.sandbox.errors import SandboxUnavailable
from autograder.sandbox.kernel import StudentKernel
from autograder.sandbox.limits import MB, Limits
from autograder.sandbox.opening import Opened
from autograder.sandbox.store import Store
from dockerlab import engine, paths

IPVS = Path("/proc/net/ip_vs")


class SandboxHost(Opened):
    """What all sandboxes of a process share: the engine that runs them, their image, their disks.

    Entering it makes what is missing (minutes, once) and removes what dead processes have left.

    Args:
        say: told what is being done, a line each.

    Raises:
        SandboxUnavailable: on entering, this machine or its engine cannot run sandboxes.
    """

    def __init__(self, say: Callable[[str], None] = lambda line: None) -> None:
        self._say = say

    def _open(self, stack: contextlib.ExitStack) -> None:
        # First: an engine that is started unmounts all that lies in the course's folder.
        self.client = stack.enter_context(contextlib.closing(engine.connect(say=self._say)))
        self._refuse_remote()
        self.store = Store(paths.home(), self._say)
        stack.enter_context(self.store.opened())
        outer.sweep(self.client, self.store)
        self.image = image.ensure(self.client, self._say)
        self.golden = golden.ensure(self.client, self.store, self.image, self._say)

    def _refuse_remote(self) -> None:
        info = self.client.info()
        if not Path(info["DockerRootDir"]).is_dir() or "rootless" in str(info["SecurityOptions"]):
            raise SandboxUnavailable(
                "Sandboxes need a Docker engine of root's on this very machine (not Docker "
                "Desktop, a remote or a rootless one). Unset DOCKER_HOST, or on Linux use the "
                "course's own: autograder engine up"
            )


class Sandbox(Opened):
    """An engine of its own for one submission, with the course's images and a kernel in it.

        with Sandbox(Limits(memory=1000)) as box:
            box.kernel.run("!docker run -d -p 8080:80 nginx", timeout=60, limit=1e6)
            box.engine.client().containers.list()

    The student is root in it and nobody outside. It has no network, and no file of this machine.
    However it is left, nothing of it stays; what a killed process leaves goes with the next one.

    Args:
        limits: what may be used in it.
        host: shared with other sandboxes; one of its own, where None.
        say: told what is being done, a line each.

    Raises:
        SandboxUnavailable: on entering, this machine cannot run sandboxes.
        SandboxFault: on entering, it does not come up.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        host: SandboxHost | None = None,
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.limits = limits or Limits()
        self._host = host
        self._say = say

    def _open(self, stack: contextlib.ExitStack) -> None:
        host = self._host or stack.enter_context(SandboxHost(self._say))
        self._store = host.store
        self.name = name = outer.new_name()
        stack.callback(host.store.delete, name)  # before it is made: that may be cut off
        self._disk = disk = host.store.snapshot(host.golden, name, self.limits.disk * MB)
        self.kernel = StudentKernel()
        (disk / "shared/kernel.json").write_text(self.kernel.settings())
        self.container = outer.start(host.client, host.image, name, disk, self.limits)
        stack.callback(self.container.remove)
        self.engine = stack.enter_context(InnerEngine(self.container, disk / "shared"))
        group = self.container.groups("kernel")
        self.kernel.attach(self.engine.shared, group, self.engine.is_alive)
        stack.callback(self.kernel.close)

    def put(self, files: Path) -> None:
        """Lay what a student has handed in beside the notebook. To be called before any cell runs.

        Args:
            files: a folder.
        """
        disks.put(files, self._disk)

    def hold_quota(self) -> None:
        """See that the disk's quota holds now; after another disk's removal it might not."""
        self._store.recount()

    def lacks(self) -> dict[str, str]:
        """The features that this machine cannot give a sandbox, and why, by their names."""
        lacking = {}
        with contextlib.closing(self.engine.client()) as client:
            info = client.info()
        if not (info["MemoryLimit"] and info["PidsLimit"] and info["CpuCfsQuota"]):
            lacking["limits"] = "its control groups cannot be handed to a sandbox"
        if not IPVS.exists():
            lacking["ipvs"] = "its kernel has no IPVS"
        return lacking
