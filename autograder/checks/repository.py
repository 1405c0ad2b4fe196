"""Checks of a repository in a registry, over the registry's own API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograder.checks import pulled
from autograder.checks.faults import asks_the_daemon
from autograder.checks.results import Result
from autograder.checks.words import say
from dockerlab.errors import RegistryError
from dockerlab.registry import Registry

if TYPE_CHECKING:
    from autograder.checks.task import Task


class Repository:
    """What can be said of a repository; `Task.repository` makes one.

    The registry is as much the student's as what is in it: where none answers, a check fails.

    Args:
        task: collects the results.
        registry: that has it.
        name: the repository's, without the registry's address.
    """

    def __init__(self, task: Task, registry: Registry, name: str) -> None:
        self._task = task
        self._registry = registry
        self.name = name

    def has_tag(self, tag: str, *, weight: float = 1.0) -> Result:
        """Check that there is this tag.

        Args:
            tag: its name.
            weight: share of the task's points.
        """
        try:
            tags = self._registry.tags(self.name)
            found = f"tags: {', '.join(tags)}" if tags else f"no repository {self.name!r}"
        except RegistryError as error:
            tags, found = [], str(error)
        return self._task.check(
            f"the registry has {self.name}:{tag}",
            tag in tags,
            expected=f"a tag {tag}",
            found=found,
            hint=f"docker push {self._registry.address}/{self.name}:{tag}",
            weight=weight,
        )

    def lacks_tag(self, tag: str, *, weight: float = 1.0) -> Result:
        """Check that the repository is there, and this tag is not.

        Args:
            tag: its name.
            weight: share of the task's points.
        """
        try:
            there = self.name in self._registry.repositories()
            tags = self._registry.tags(self.name)
            found = f"tags: {', '.join(tags) or 'none'}" if there else f"no {self.name!r}"
        except RegistryError as error:
            there, tags, found = False, [], str(error)
        return self._task.check(
            f"the registry's {self.name} has no tag {tag} any more",
            there and tag not in tags,
            expected=f"the repository without {tag}",
            found=found,
            hint="What can be deleted is a manifest, by its digest.",
            weight=weight,
        )

    def stands_for(self, tag: str, other: str, *, weight: float = 1.0) -> Result:
        """Check that a tag stands for the same manifest as another one.

        Args:
            tag: its name.
            other: the other's, as REPOSITORY:TAG.
            weight: share of the task's points.
        """
        repository, _, name = other.rpartition(":")
        try:
            mine = self._registry.manifest(self.name, tag)
            theirs = self._registry.manifest(repository, name)
            found = f"another one, {mine.digest[:19]}…" if mine else f"no {self.name}:{tag}"
        except RegistryError as error:
            mine = theirs = None
            found = str(error)
        return self._task.check(
            f"{self.name}:{tag} is the same image as {other}",
            mine is not None and theirs is not None and mine.digest == theirs.digest,
            expected=f"{theirs.digest[:19]}…" if theirs else f"what {other} stands for",
            found=found,
            hint=f"Give that image the new name, and push it: docker tag … "
            f"{self._registry.address}/{self.name}:{tag}",
            weight=weight,
        )

    @asks_the_daemon
    def gives(self, tag: str, text: str, *, weight: float = 1.0) -> Result:
        """Check that the image can be had from the registry, and what a container of it prints.

        Where the engine has it under this very name, it forgets it first, and pulls it again.

        Args:
            tag: its name.
            text: what a container must print that is told no command.
            weight: share of the task's points.
        """
        here = f"{self._registry.address}/{self.name}"
        ran, found = False, f"no {self.name}:{tag}"
        try:
            if manifest := self._registry.manifest(self.name, tag):
                blobs = {blob.digest for blob in manifest.all_blobs()}
                ran, found = pulled.run_anew(
                    self._task.client, here, tag, blobs=blobs, auth=self._registry.auth
                )
        except RegistryError as error:
            found = str(error)
        return self._task.check(
            f"{self.name}:{tag} can be pulled, and prints {text!r}",
            ran and say(found, text),
            expected=text,
            found=found.strip() or "nothing",
            hint=f"Try: docker rmi {here}:{tag}; docker run --rm {here}:{tag}",
            weight=weight,
        )
