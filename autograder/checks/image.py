"""Checks of a local image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.checks.faults import asks_the_daemon
from autograder.checks.named import missing
from autograder.checks.references import digests, identify, inspect
from autograder.checks.results import Result
from autograder.checks.stack import Stack
from autograder.checks.trial import Trial
from autograder.checks.words import hold

MB = 1_000_000  # bytes, as `docker images` counts


class Image(Stack, Trial):
    """What can be said of an image that the engine has.

    Args:
        task: collects the results.
        reference: the image's name, with or without a tag, or its id.
    """

    @asks_the_daemon
    def exists(self, *, weight: float = 1.0) -> Result:
        """Check that the engine has this image.

        Args:
            weight: share of the task's points.
        """
        image_id = identify(self._task.client, self.reference)
        return self._task.check(
            f"image {self.reference!r} exists",
            image_id is not None,
            expected=f"an image called {self.reference}",
            found="no such image" if image_id is None else image_id,
            hint="See what there is: docker images",
            weight=weight,
        )

    @asks_the_daemon
    def has_label(self, key: str, value: str | None = None, *, weight: float = 1.0) -> Result:
        """Check a label.

        Args:
            key: the label's key.
            value: what it must be; anything, where None.
            weight: share of the task's points.
        """
        image = self._inspect()
        labels: Mapping[str, str] = _config(image).get("Labels") or {}
        return self._result(
            f"has the label {key}",
            key in labels and (value is None or labels[key] == value),
            image,
            weight,
            expected=f"{key}={'…' if value is None else value}",
            found=f"{key}={labels[key]}" if key in labels else f"no label {key}",
            hint=f"In the Dockerfile: LABEL {key}=…",
        )

    @asks_the_daemon
    def exposes(self, port: int, *, protocol: str = "tcp", weight: float = 1.0) -> Result:
        """Check that the image names a port, its own or one that its base has named.

        Args:
            port: that its server listens on.
            protocol: "tcp" or "udp".
            weight: share of the task's points.
        """
        image = self._inspect()
        ports = sorted(_config(image).get("ExposedPorts") or {})
        return self._result(
            f"exposes port {port}",
            f"{port}/{protocol}" in ports,
            image,
            weight,
            expected=f"{port}/{protocol}",
            found=", ".join(ports) or "no exposed port",
            hint=f"In the Dockerfile: EXPOSE {port}" + ("/udp" if protocol == "udp" else ""),
        )

    @asks_the_daemon
    def runs(self, program: str, *, weight: float = 1.0) -> Result:
        """Check what a container of it runs, if told nothing else: entry point and command.

        Args:
            program: that must be in it, with or without arguments ("nginx", "python app.py").
            weight: share of the task's points.
        """
        image = self._inspect()
        config = _config(image)
        words = [*(config.get("Entrypoint") or []), *(config.get("Cmd") or [])]
        return self._result(
            f"runs {program}",
            hold(words, program),
            image,
            weight,
            expected=program,
            found=" ".join(words) or "no command",
            hint="In the Dockerfile: CMD or ENTRYPOINT; the last one of each counts.",
        )

    @asks_the_daemon
    def runs_as(self, user: str, *, weight: float = 1.0) -> Result:
        """Check which user a container of it runs as.

        Args:
            user: name or number; "root" also where the image names none.
            weight: share of the task's points.
        """
        image = self._inspect()
        named = str(_config(image).get("User") or "root").partition(":")[0]
        same = {"0": "root"}
        return self._result(
            f"runs as {user}",
            same.get(named, named) == same.get(user, user),
            image,
            weight,
            expected=user,
            found=named,
            hint=f"In the Dockerfile, before CMD: USER {user}",
        )

    @asks_the_daemon
    def is_smaller_than(self, megabytes: float, *, weight: float = 1.0) -> Result:
        """Check the image's size, with all its layers.

        Args:
            megabytes: that it must stay below, of a million bytes each.
            weight: share of the task's points.
        """
        image = self._inspect()
        size = image["Size"] / MB if image else 0.0
        return self._result(
            f"is smaller than {megabytes:g} MB",
            image is not None and size < megabytes,
            image,
            weight,
            expected=f"less than {megabytes:g} MB",
            found=f"{size:.1f} MB",
            hint=f"See which layer is big: docker history {self.reference}",
        )

    @asks_the_daemon
    def has_step(self, text: str, *, weight: float = 1.0) -> Result:
        """Check that a step of its history holds this text.

        Args:
            text: as in the Dockerfile ("apt-get install"); spaces count as one.
            weight: share of the task's points.
        """
        image = self._inspect()
        history = self._task.client.api.history(image["Id"]) if image else []
        steps = [" ".join(step["CreatedBy"].split()) for step in history]
        return self._result(
            f"was made by a step with {text!r}",
            any(" ".join(text.split()) in step for step in steps),
            image,
            weight,
            expected=f"a step with {text}",
            found=f"{len(steps)} steps, the last is: {steps[0]}" if steps else "no history",
            hint=f"See its steps: docker history --no-trunc {self.reference}",
        )

    @asks_the_daemon
    def shares_layers_with(self, other: str, but: int = 0, *, weight: float = 1.0) -> Result:
        """Check that it stands on the same layers as another image, up to the last few.

        That is what a build cache does for a second build, and a base for its children.

        Args:
            other: the other image's name or id.
            but: layers, at most, that either may have on top.
            weight: share of the task's points.
        """
        image = self._inspect()
        mine, theirs = digests(image), digests(inspect(self._task.client, other))
        shared = next(
            (place for place, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b),
            min(len(mine), len(theirs)),
        )
        own = max(len(mine), len(theirs)) - shared
        return self._result(
            f"shares its layers with {other}" + (f", but for {but}" if but else ""),
            shared > 0 and own <= but,
            image,
            weight,
            expected=f"{but} layers of their own, at most",
            found=f"{shared} shared, then {own} of their own" if theirs else f"no image {other!r}",
            hint=f"Compare docker history {self.reference} and docker history {other}: from the "
            "first step that differs on, each makes a layer of its own.",
        )

    def _inspect(self) -> dict[str, Any] | None:
        return inspect(self._task.client, self.reference)

    def _result(
        self,
        name: str,
        passed: bool,
        image: Mapping[str, Any] | None,
        weight: float,
        *,
        expected: str,
        found: str,
        hint: str,
    ) -> Result:
        """Note a result. Where there is no such image, that is what is told."""
        if image is None:
            found, hint = self._missing()
        return self._task.check(
            f"image {self.reference!r} {name}",
            passed and image is not None,
            expected=expected,
            found=found,
            hint=hint,
            weight=weight,
        )

    def _missing(self) -> tuple[str, str]:
        """What there is instead, and what to do."""
        images = self._task.client.api.images()
        tags = [tag.removesuffix(":latest") for each in images for tag in each["RepoTags"] or []]
        return (
            missing("image", self.reference, tags, cutoff=0.75),
            f"Build it: docker build -t {self.reference} .",
        )


def _config(image: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return (image.get("Config") or {}) if image else {}
