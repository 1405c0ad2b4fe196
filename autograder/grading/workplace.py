"""Where a submission is graded: a sandbox, and the kernel that judges what is done in it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from autograder.grading.judge import Judge
from autograder.sandbox import Limits, Sandbox, SandboxHost
from autograder.sandbox.opening import Opened

IDLE = 60.0  # seconds that one which was prepared is kept unused

Say = Callable[[str], None]


class Workplace(Opened):
    """A new sandbox and its judge.

    Args:
        limits: what may be used in the sandbox.
        say: told what is being done, a line each.

    Attributes:
        box: the sandbox.
        judge: the kernel for the tests.

    Raises:
        SandboxUnavailable: on entering, this machine cannot run sandboxes.
        SandboxFault: on entering, the sandbox does not come up.
    """

    def __init__(self, limits: Limits, say: Say) -> None:
        self.limits = limits
        self._say = say

    def _open(self, stack: contextlib.ExitStack) -> None:
        # The host is new, too: the engine that runs sandboxes may have been started anew.
        host = stack.enter_context(SandboxHost(self._say))
        self.box = stack.enter_context(Sandbox(self.limits, host=host))
        self.judge = stack.enter_context(Judge(self.box))


class Prepared:
    """Workplaces of which the next one is opened while this one is in use.

    Args:
        make: makes one, not yet opened.
        idle: seconds after which the next one is closed, where nobody has asked for it.
    """

    def __init__(
        self, make: Callable[[Limits, Say], Workplace] = Workplace, idle: float = IDLE
    ) -> None:
        self._make = make
        self._idle = idle
        # One thread, which stays: a judge's kernel ends with the thread that has started it.
        self._thread = ThreadPoolExecutor(1, "prepares a sandbox")
        self._lock = threading.Lock()
        self._next: tuple[Limits, Future[Workplace]] | None = None
        self._timer: threading.Timer | None = None

    @contextlib.contextmanager
    def opened(self, limits: Limits, say: Say, *, more: bool) -> Iterator[Workplace]:
        """A workplace that nobody has used.

        Args:
            limits: what may be used in its sandbox.
            say: told what is being done, a line each.
            more: whether another one like it will be asked for.
        """
        place = self._take(limits) or self._make(limits, say).__enter__()
        with contextlib.ExitStack() as stack:
            stack.push(place)
            if more:
                self._prepare(limits)
            yield place

    def drop(self) -> None:
        """Close the one that was prepared, if there is one."""
        self._take(None)

    def _prepare(self, limits: Limits) -> None:
        place = self._make(limits, lambda line: None)
        with self._lock:
            if self._next:  # another thread's: one is enough
                return
            self._next = limits, self._thread.submit(place.__enter__)
            self._timer = threading.Timer(self._idle, self.drop)
            self._timer.daemon = True
            self._timer.start()

    def _take(self, limits: Limits | None) -> Workplace | None:
        """The one that was prepared, if it is like that and well; else it is closed."""
        with self._lock:
            prepared, self._next = self._next, None
            if self._timer:
                self._timer.cancel()
        if prepared is None:
            return None
        try:
            place = prepared[1].result()
        except Exception:  # whoever needs one opens it anew, and meets the same or not
            return None
        if prepared[0] == limits and place.box.engine.is_alive():
            return place
        with contextlib.suppress(Exception):  # what is left goes with the next one
            place.__exit__(None, None, None)
        return None
