"""The engine's faults, kept apart from a student's mistakes.

EngineFault    the daemon did not answer, or failed: nothing is known of the student's work
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import docker
import urllib3

P = ParamSpec("P")
R = TypeVar("R")


class EngineFault(Exception):
    """The engine could not tell what was asked. It is never a student's failure."""


def asks_the_daemon(check: Callable[P, R]) -> Callable[P, R]:
    """Turn what the daemon or the way to it does wrong into `EngineFault`.

    What the daemon refuses (status 4xx) is left to the check, which knows what it means.
    """

    @functools.wraps(check)
    def asking(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return check(*args, **kwargs)
        except docker.errors.APIError as error:
            if error.status_code is not None and error.status_code < 500:
                raise
            raise EngineFault(f"The Docker daemon failed: {error.explanation or error}") from error
        except (
            docker.errors.DockerException,
            urllib3.exceptions.HTTPError,
            OSError,  # requests' exceptions, and those of a bare connection
        ) as error:
            raise EngineFault(
                f"The Docker daemon does not answer: {error}. "
                "Check it with `docker info`, then run the cell again."
            ) from error

    return asking
