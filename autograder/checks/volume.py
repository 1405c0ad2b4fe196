"""Checks of a volume, and of the files in it."""

from __future__ import annotations

import docker
from docker.types import Mount

from autograder.checks.faults import asks_the_daemon
from autograder.checks.named import Named, missing
from autograder.checks.results import Result
from autograder.checks.words import say
from dockerlab import peek

LABELS = {"autograder": "looks-into-a-volume"}  # of the container that is made for it
TRY_TIMEOUT = 30  # seconds that a try to write may take
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
            text: what it must contain, as words of its own.
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

    @asks_the_daemon
    def content(self, path: str) -> bytes | None:
        """What is in a file of it; None where there is no such volume or file.

        Args:
            path: of the file, from the volume's top.
        """
        images = self._client.api.images()
        if self._missing() or not images:
            return None
        what, path = peek.volume(self.name), path.strip("/")
        files = peek.peek(self._client, what, images[0]["Id"], path=path, labels=LABELS)
        file = (files or {}).get("")
        return file.data if file and file.kind == "file" else None

    @asks_the_daemon
    def lets_write(
        self, user: int, *, allowed: bool = True, image: str = "busybox", weight: float = 1.0
    ) -> Result:
        """Check whether a user may make files in it, by trying that in a container.

        Args:
            user: the user's number.
            allowed: whether it should be so.
            image: with `sh` and `touch`.
            weight: share of the task's points.
        """
        missing = self._missing()
        may = not missing and self._try_to_write(user, image)
        return self._task.check(
            f"volume {self.name!r} {'takes' if allowed else 'refuses'} a file of user {user}",
            not missing and may is allowed,
            expected=f"user {user} {'may' if allowed else 'must not'} write there",
            found=missing or (f"user {user} may write there" if may else "permission denied"),
            hint=VOLUMES
            if missing
            else f"See whose it is: docker run --rm -v {self.name}:/v busybox ls -lnd /v",
            weight=weight,
        )

    def _try_to_write(self, user: int, image: str) -> bool:
        trace = f"/v/.tried-by-{user}"
        mount = Mount("/v", self.name, type="volume", no_copy=True)
        host = self._client.api.create_host_config(mounts=[mount])
        box = self._client.api.create_container(
            image,
            ["-c", f"touch {trace} && rm {trace}"],
            entrypoint=["sh"],
            user=str(user),
            host_config=host,
            labels=LABELS,
        )["Id"]
        try:
            self._client.api.start(box)
            return int(self._client.api.wait(box, timeout=TRY_TIMEOUT)["StatusCode"]) == 0
        finally:
            self._client.api.remove_container(box, force=True, v=True)

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
        if not say(said, text):
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
