"""The first and the last cell of a lesson."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

import docker

from dockerlab import images, labels, ports, questions
from dockerlab.cleanup import clean_up
from dockerlab.engine import connect
from dockerlab.errors import DockerLabError, LessonNotReady


class Lesson:
    """What a lesson needs and makes.

    Args:
        name: its short name; all that it makes bears the label `dockerlab.lesson=NAME`.
        names: of the containers that it, or its learner, makes.
        volumes: names of volumes that it, or its learner, makes without the label.
        networks: names of networks that it, or its learner, makes without the label.
        image_names: of the images that its learner makes.
        projects: names of the Compose projects that it, or its learner, brings up.
        images: that it runs; what is missing is fetched.
        ports: TCP ports of this machine that it publishes.
        disk: GB that must be free where the engine keeps its data.
    """

    def __init__(
        self,
        name: str,
        *,
        names: Sequence[str] = (),
        volumes: Sequence[str] = (),
        networks: Sequence[str] = (),
        image_names: Sequence[str] = (),
        projects: Sequence[str] = (),
        images: Sequence[str] = (),
        ports: Sequence[int] = (),
        disk: float = 1.0,
    ) -> None:
        self.name = name
        self.names = tuple(names)
        self.volumes = tuple(volumes)
        self.networks = tuple(networks)
        self.image_names = tuple(image_names)
        self.projects = tuple(projects)
        self.images = tuple(images)
        self.ports = tuple(ports)
        self.disk = disk
        self._client: docker.DockerClient | None = None

    @property
    def label(self) -> str:
        """The lesson's label as the docker command wants it: "dockerlab.lesson=NAME"."""
        return labels.label(self.name)

    @property
    def labels(self) -> dict[str, str]:
        """The lesson's label as docker-py wants it."""
        return labels.labels(self.name)

    @property
    def client(self) -> docker.DockerClient:
        """A client of the engine.

        Raises:
            LessonNotReady: the lesson has not been started.
        """
        if self._client is None:
            raise LessonNotReady("Run the lesson's first cell first.")
        return self._client

    def start(self) -> docker.DockerClient:
        """Connect, check what the lesson needs, and remove what an earlier run has left.

        Returns:
            A client of the engine.

        Raises:
            LessonNotReady: something is missing; the message says what to do.
        """
        try:
            self._client = client = connect(say=print)
            origins = images.ensure(
                client, self.images, progress=lambda image, doing: print(f"{image}: {doing}")
            )
        except DockerLabError as error:
            raise LessonNotReady(str(error)) from error
        self._remove(client)
        self._need_ports()
        self._need_disk()
        self._tell("engine", f"Docker Engine {client.version()['Version']} answers")
        for origin in sorted(set(origins.values())):
            came = [image for image in self.images if origins[image] == origin]
            self._tell("images", f"{', '.join(came)} (from {origin})")
        if self.ports:
            self._tell("ports", f"{', '.join(map(str, self.ports))} are free")
        return client

    def predict(self, name: str) -> questions.Question:
        """A question to answer before the next cell is run.

        Args:
            name: the question's, in the lesson's file of questions.
        """
        return questions.predict(self.name, name)

    def quiz(self) -> questions.Quiz:
        """The questions to end with."""
        return questions.quiz(self.name)

    def claim(self, volume: str) -> None:
        """Let the clean-up remove a volume that cannot bear the label, such as an anonymous one.

        An empty volume is made that bears the label, and that one's name: so it is known even
        after the kernel has died.

        Args:
            volume: its name.
        """
        marks = {**self.labels, labels.STANDS_FOR: volume}
        self.client.volumes.create(f"claim-{volume[:12]}", labels=marks)

    def clean_up(self) -> None:
        """Remove what the lesson made, by its label and its declared names, and say what."""
        removed = self._remove(self.client)
        print("\n".join(f"removed {what}" for what in removed) or "nothing was left")

    def _remove(self, client: docker.DockerClient) -> list[str]:
        return clean_up(
            client,
            self.name,
            names=self.names,
            volumes=self.volumes,
            networks=self.networks,
            image_names=self.image_names,
            projects=self.projects,
        )

    def _need_ports(self) -> None:
        for port in self.ports:
            if not (program := ports.holder(port)):
                continue
            holder = next(
                (
                    f"the container {box['Names'][0].lstrip('/')}"
                    for box in self.client.api.containers()
                    if any(p.get("PublicPort") == port for p in box["Ports"])
                ),
                program,
            )
            raise LessonNotReady(
                f"Port {port} is held by {holder}. Stop that first, then run this cell again."
            )

    def _need_disk(self) -> None:
        root = self.client.info()["DockerRootDir"]
        try:
            free = shutil.disk_usage(root).free / 1e9
        except OSError:  # the engine runs elsewhere: on another machine, or in a VM
            return
        if free < self.disk:
            raise LessonNotReady(
                f"Only {free:.1f} GB are free at {root}; the lesson needs {self.disk:g}. "
                "`docker system df` shows what Docker uses."
            )

    @staticmethod
    def _tell(topic: str, found: str) -> None:
        print(f"✓ {topic:<7} {found}")
