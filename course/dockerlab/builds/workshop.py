"""The folders that a lesson builds in, and what its builds leave in BuildKit's cache."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from dockerlab import paths
from dockerlab.builds import cache
from dockerlab.builds.build import Build, account, describes, run
from dockerlab.builds.cache import Record
from dockerlab.builds.dockerfile import parse
from dockerlab.builds.progress import Progress, Vertex
from dockerlab.builds.table import size
from dockerlab.lesson import Lesson

SOURCES = ("local source for ", "from local", "pulled from ", "http url ", "git snapshot ")


class Workshop:
    """Builds a lesson's images, and takes out of the engine's cache again what they left there.

    The cache knows no labels. So each build's own records are written down, in a file of the
    course's home, and just those are removed: at the end, and before a start, should an earlier
    run have been cut off.

    Args:
        lesson: a started lesson; the images bear its label.
    """

    def __init__(self, lesson: Lesson) -> None:
        self._lesson = lesson
        self._client = lesson.client
        self.folder = paths.home() / "lessons" / lesson.name
        engine = str(self._client.info()["ID"]).replace(":", "")[:12]
        self._notes = paths.home() / "lessons" / f"{lesson.name}-{engine}.json"
        self._sweep()

    def context(self, name: str, files: Mapping[str, str | bytes] | None = None) -> Context:
        """A folder to build in; what was in it goes.

        Args:
            name: the folder's.
            files: to put into it, by their names.
        """
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        context = Context(self, folder)
        for file, content in (files or {}).items():
            context.write(file, content)
        return context

    def build(self, command: str, folder: Path, dockerfile: Path) -> Build:
        """Run a build, and note what it leaves in the cache.

        Args:
            command: a `docker build …` command.
            folder: to run it in.
            dockerfile: that it reads.

        Raises:
            ValueError: it is another command.
            ToolMissing: the docker command is too old for this.
            docker.errors.APIError: the daemon has trouble.
        """
        before = {record.id for record in cache.records(self._client)}
        text = dockerfile.read_text(encoding="utf-8") if dockerfile.exists() else ""
        # What a build does that is stopped before it can tell: its Dockerfile's instructions.
        planned = [Vertex(f"[1/1] {each.text}") for each in parse(text)]
        progress = Progress()
        try:
            progress = run(command, folder, self._lesson.labels)
        finally:
            now = cache.records(self._client)
            steps = progress.vertices or planned
            made = [r for r in now if r.id not in before and _made_by(r, steps)]
            self._note(record.id for record in made)
        return account(text, progress, now, made)

    def clean_up(self) -> None:
        """Take the builds' records out of the cache, remove the folders, and say what is gone."""
        records = {record.id: record for record in cache.records(self._client)}
        gone = [records[each] for each in self._sweep() if each in records]
        total = size(sum(record.size for record in gone))
        print(f"removed from the build cache: {total}" if gone else "the build cache had nothing")

    def _sweep(self) -> list[str]:
        noted = self._noted()
        gone = cache.forget(self._client, noted) if noted else []
        self._notes.unlink(missing_ok=True)
        if left := set(noted) - set(gone):  # another build stands on them by now
            self._note(left)
        shutil.rmtree(self.folder, ignore_errors=True)
        return gone

    def _noted(self) -> list[str]:
        try:
            return list(json.loads(self._notes.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError):  # none, or a write that was cut off
            return []

    def _note(self, ids: Iterable[str]) -> None:
        known = [*self._noted(), *ids]
        self._notes.parent.mkdir(parents=True, exist_ok=True)
        half = self._notes.with_suffix(".part")
        half.write_text(json.dumps(known), encoding="utf-8")
        half.replace(self._notes)


class Context:
    """A folder with a Dockerfile: what a build is given.

    Args:
        workshop: that builds.
        folder: it is there.
    """

    def __init__(self, workshop: Workshop, folder: Path) -> None:
        self._workshop = workshop
        self.folder = folder

    def write(self, name: str, content: str | bytes) -> Path:
        """Put a file into the folder; one of that name is replaced.

        Args:
            name: the file's, from the folder on.
            content: text, or bytes as they are.

        Returns:
            The file's path.
        """
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def build(self, command: str) -> Build:
        """Run a `docker build …` command in the folder, with the lesson's label on the image.

        Args:
            command: as one types it ("docker build -t web_img .").

        Raises:
            ValueError: it is another command.
            ToolMissing: the docker command is too old for this.
            docker.errors.APIError: the daemon has trouble.
        """
        return self._workshop.build(command, self.folder, self.folder / "Dockerfile")


def _made_by(record: Record, steps: Iterable[Vertex]) -> bool:
    """Whether a new record can be this build's: another build may have run at the same time."""
    return record.description.startswith(SOURCES) or any(
        describes(record, vertex) for vertex in steps
    )
