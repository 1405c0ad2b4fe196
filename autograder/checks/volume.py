"""Checks of a volume, and of the files in it."""

from __future__ import annotations

import docker

from autograder.checks.faults import asks_the_daemon
from autograder.checks.named import Named, missing
from autograder.checks.results import Result
from dockerlab import peek

LABELS = {"autograder": "looks-into-a-volume"}  # of the container that is made for it
VOLUMES = "See what there is: docker volume ls"


class Volume(Named):
    """What can be said of a volume; `Task.volume` makes one.

    Args:
        task: collects the results.
        name: the volume's.
    """

    @asks_the_daemon
    def exists(self, *, weight: float = 1.0) -> Result:
        """Check that there is such a volume.

        Args:
            weight: share of the task's points.
        """
        missing = self._missing()
        return self._task.check(
            f"volume {self.name!r} exists",
            not missing,
            expected=f"a volume called {self.name}",
            found=missing,
            hint=VOLUMES,
            weight=weight,
        )

    @asks_the_daemon
    def holds(
        self, path: str, *, text: str = "", owner: int | None = None, weight: float = 1.0
    ) -> Result:
        """Check a file in it, whether or not a container uses the volume now.

        Args:
            path: of the file, from the volume's top.
            text: what it must contain.
            owner: the number of the user that it must belong to; anybody, where None.
            weight: share of the task's points.
        """
        missing = self._missing()
        passed, found = (False, missing) if missing else self._look(path.strip("/"), text, owner)
        whose = f" of user {owner}" if owner is not None else ""
        says = f" that says {text!r}" if text else ""
        return self._task.check(
            f"volume {self.name!r} holds {path}{whose}{says}",
            passed,
            expected=f"a file {path}{whose}{says}",
            found=found,
            # Told of a volume that is not there, the command would make it.
            hint=VOLUMES
            if missing
            else f"Look into it: docker run --rm -v {self.name}:/v busybox ls -ln /v",
            weight=weight,
        )

    def _look(self, path: str, text: str, owner: int | None) -> tuple[bool, str]:
        """Whether the file is as wanted, and what there is instead."""
        images = self._client.api.images()
        if not images:
            return (
                False,
                "there is no image here with whose help one could look: docker pull busybox",
            )
        image, what = images[0]["Id"], peek.volume(self.name)
        files = peek.peek(self._client, what, image, path=path, labels=LABELS)
        if not files:
            all_files = peek.peek(self._client, what, image, labels=LABELS) or {}
            names = sorted(name for name, file in all_files.items() if file.kind == "file")
            return False, "no such file, but " + (", ".join(names[:5]) or "nothing at all")
        file = files.get("")
        if file is None or file.kind != "file":
            return False, "there is something of this name, but it is no file"
        said = file.data.decode("utf-8", "replace")
        if text not in said:
            return False, f"it says {said.strip()[:200]!r}"
        if owner is not None and file.uid != owner:
            return False, f"it belongs to user {file.uid}"
        return True, ""

    def _missing(self) -> str:
        """What is told where there is no such volume; nothing where there is."""
        try:
            self._client.api.inspect_volume(self.name)
        except docker.errors.NotFound:
            volumes = self._client.api.volumes()["Volumes"] or []
            return missing("volume", self.name, (v["Name"] for v in volumes))
        return ""
