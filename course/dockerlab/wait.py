"""The one way to wait for something."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from dockerlab.errors import WaitTimeout

T = TypeVar("T")


def wait_for(
    condition: Callable[[], T | None],
    *,
    timeout: float,
    interval: float = 0.1,
    what: str = "the condition",
) -> T:
    """Call `condition` until it returns something true, and return that.

    Args:
        condition: called at least once; what it raises is passed on.
        timeout: seconds until we give up.
        interval: seconds between two calls.
        what: names the awaited thing in the error ("the daemon to answer").

    Raises:
        WaitTimeout: `condition` was still false after `timeout` seconds.
    """
    deadline = time.monotonic() + timeout
    while True:
        if value := condition():
            return value
        left = deadline - time.monotonic()
        if left <= 0:
            raise WaitTimeout(f"Waited {timeout:g} s for {what}, in vain.")
        time.sleep(min(interval, left))
