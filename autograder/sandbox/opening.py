"""What is opened part by part, and closed again whole, however far it came."""

from __future__ import annotations

import abc
import contextlib
from types import TracebackType
from typing import Self


class Opened(abc.ABC):
    """A context manager of several parts.

    A subclass opens them in `_open`. They are closed in reverse order when it is left, and at once
    where opening fails half-way.
    """

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            self._open(stack)
            self._close = stack.pop_all().close
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._close()

    @abc.abstractmethod
    def _open(self, stack: contextlib.ExitStack) -> None:
        """Open the parts.

        Args:
            stack: takes what is to be closed, part by part.
        """
