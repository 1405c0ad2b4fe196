"""A task of an assignment: checks, and the points that they earn."""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Callable
from typing import Any, TypeVar

import docker
from IPython.display import display

from autograder.checks.answers import plain, same, shown
from autograder.checks.container import Container
from autograder.checks.faults import EngineFault, asks_the_daemon
from autograder.checks.history import daemon_time
from autograder.checks.image import Image
from autograder.checks.network import Network
from autograder.checks.page import GRACE, fetch
from autograder.checks.repository import Repository
from autograder.checks.results import Report, Result
from autograder.checks.service import Service, SwarmNode
from autograder.checks.volume import Volume
from autograder.checks.watch import Prometheus
from dockerlab.registry import Registry

REQUEST_TIMEOUT = 30  # seconds for one request to the daemon

T = TypeVar("T")


def grade(name: str, points: float, *, client: docker.DockerClient | None = None) -> Task:
    """Begin to check a task.

    Args:
        name: the task's, as the student knows it.
        points: what it is worth.
        client: of the daemon to ask; the one that `DOCKER_HOST` names, where None.

    Raises:
        EngineFault: the daemon does not answer.
    """
    return Task(name, points, client or _client())


@asks_the_daemon
def _client() -> docker.DockerClient:
    return docker.from_env(timeout=REQUEST_TIMEOUT)


class Task:
    """Collects the results of checks.

    Args:
        name: the task's, as the student knows it.
        points: what it is worth.
        client: of the daemon to ask.

    Raises:
        ValueError: the points are negative or not a number.
    """

    def __init__(self, name: str, points: float, client: docker.DockerClient) -> None:
        if not 0 <= points < math.inf:
            raise ValueError(f"Points are a number from 0 on, not {points}.")
        self.name = name
        self.points = float(points)
        self.client = client
        self.results: list[Result] = []

    @functools.cached_property
    def daemon_ahead(self) -> float:
        """Seconds by which the daemon's clock is ahead of ours; asked for once in a task."""
        return daemon_time(self.client) - time.time()

    def container(self, name: str) -> Container:
        """Checks of the container of this name (or id)."""
        return Container(self, name)

    def image(self, reference: str) -> Image:
        """Checks of a local image."""
        return Image(self, reference)

    def network(self, name: str) -> Network:
        """Checks of the network of this name."""
        return Network(self, name)

    def volume(self, name: str) -> Volume:
        """Checks of the volume of this name."""
        return Volume(self, name)

    def repository(self, name: str, *, at: str, auth: tuple[str, str] | None = None) -> Repository:
        """Checks of a repository in a registry.

        Args:
            name: the repository's ("team/hello").
            at: the registry's host and port.
            auth: user and password, where it asks for one.
        """
        return Repository(self, Registry(at, auth), name)

    def service(self, name: str) -> Service:
        """Checks of a swarm's service; the task's client is a manager's."""
        return Service(self, name)

    def node(self, name: str) -> SwarmNode:
        """Checks of a swarm's node, by its host name; the task's client is a manager's."""
        return SwarmNode(self, name)

    def prometheus(self, address: str) -> Prometheus:
        """Checks of a Prometheus server.

        Args:
            address: of its page, such as "http://127.0.0.1:9090".
        """
        return Prometheus(self, address)

    def serves(
        self,
        url: str,
        *,
        text: str = "",
        status: int = 200,
        timeout: float = 10,
        grace: float = GRACE,
        weight: float = 1.0,
    ) -> Result:
        """Check that a page is served at this address, by whomsoever.

        Args:
            url: of the page.
            text: what the page must contain, as words of its own.
            status: the HTTP status code.
            timeout: seconds to wait for it.
            grace: seconds for a server that has answered to answer otherwise.
            weight: share of the task's points.
        """
        passed, page = fetch(url, timeout=timeout, status=status, text=text, grace=grace)
        return self.check(
            f"{url} is served",
            passed,
            expected=f"status {status}" + (f" and the text {text!r}" if text else ""),
            found=str(page),
            hint=f"Try: curl -i {url}",
            weight=weight,
        )

    def ask(self, question: Callable[[], T]) -> T:
        """Ask the daemon something for a check of your own.

        Args:
            question: does so, by `client`.

        Raises:
            EngineFault: the daemon does not answer.
        """
        return asks_the_daemon(question)()

    def equals(
        self,
        name: str,
        given: Any,
        expected: Any | Callable[[], Any],
        *,
        hint: str = "",
        weight: float = 1.0,
    ) -> Result:
        """Check an answer against what is so. The right answer is not shown.

        Args:
            name: what was asked for.
            given: the student's answer, of whatever type.
            expected: the right answer, or a function that asks the daemon for it now.
            hint: where to look for it.
            weight: share of the task's points.
        """
        try:
            right = asks_the_daemon(expected)() if callable(expected) else expected
        except EngineFault:
            raise
        except Exception as error:  # what is asked for is not there, in one way or another
            found = f"the daemon cannot say: {error}"
            return self.check(name, False, found=found, hint=hint, weight=weight)
        try:
            answer = plain(given)
        except TypeError as error:
            found = f"a value of type {error}; a text or a number is wanted"
            return self.check(name, False, found=found, hint=hint, weight=weight)
        if answer is None:
            return self.check(name, False, found="no answer yet", hint=hint, weight=weight)
        return self.check(
            name,
            same(answer, plain(right)),
            expected="what the daemon says",
            found=f"your answer {shown(answer)}",
            hint=hint,
            weight=weight,
        )

    def check(
        self,
        name: str,
        passed: object,
        *,
        expected: str = "",
        found: str = "",
        hint: str = "",
        weight: float = 1.0,
    ) -> Result:
        """Note the outcome of a check of your own.

        Args:
            name: what was checked, as a statement.
            passed: whether it holds.
            expected: what was wanted.
            found: what there is.
            hint: what to look at or do, where it does not hold.
            weight: share of the task's points.

        Raises:
            ValueError: the weight is negative or not a number.
        """
        if not 0 <= weight < math.inf:
            raise ValueError(f"A weight is a number from 0 on, not {weight}.")
        result = Result(name, bool(passed), expected, found, hint, weight)
        self.results.append(result)
        return result

    def score(self) -> float:
        """Show the results, and return the points that they earn.

        It must be a test cell's last line. nbgrader reads the number from what the notebook shows,
        and takes anything but a plain float for full marks.
        """
        total = math.fsum(r.weight for r in self.results)
        earned = math.fsum(r.weight for r in self.results if r.passed)
        share = earned / total if total else 0.0
        score = min(round(self.points * share, 2), self.points)
        display(Report(self.name, self.results, score, self.points))
        return score
