"""The explorer of builds: a Dockerfile to edit, beside what became of each of its lines."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from html import escape

import docker
import ipywidgets as widgets
import requests

from dockerlab.builds import Build, Workshop
from dockerlab.builds.picture import svg
from dockerlab.errors import DockerLabError
from dockerlab.frame import bundle, error, frame, row, status

IMAGE = "build-explorer"
DOCKERFILE = """\
FROM busybox
WORKDIR /site
COPY . .
RUN echo "compiling ..." && sleep 1
RUN head -c 2000000 /dev/zero > data
CMD ["cat", "page.html"]
"""
FILES = {"page.html": "hello\n"}
STYLE = """<style>
.dl-build textarea{font:13px ui-monospace,monospace;white-space:pre;overflow:auto}
</style>"""


class BuildVisualiser:
    """A Dockerfile and the files beside it, to change and to build again.

    Beside each instruction stands what the last build made of it, and the one before that.

    Args:
        workshop: that builds.
        dockerfile: to begin with.
        files: beside it, by their names.
        name: of the image.
    """

    def __init__(
        self,
        workshop: Workshop,
        dockerfile: str = DOCKERFILE,
        files: Mapping[str, str] = FILES,
        *,
        name: str = IMAGE,
    ) -> None:
        self.name = name
        self.last: Build | None = None
        self.before: Build | None = None
        self._context = workshop.context(name)
        self._start = {"Dockerfile": dockerfile, **files}
        self._picture = widgets.HTML(svg(None, None))
        self._said = widgets.HTML()
        self.editors = {file: self._editor(file, text) for file, text in self._start.items()}
        self.button = widgets.Button(
            description="Build", button_style="primary", tooltip="Build the image with these files"
        )
        self.button.on_click(lambda _: self.build())
        self.reset_button = widgets.Button(
            description="First files", tooltip="Put back the files as they were in the beginning"
        )
        self.reset_button.on_click(lambda _: self.reset())
        self.view = self._layout()

    def build(self) -> None:
        """Do what the button does. What goes wrong is shown, not raised."""
        self.button.disabled = True
        self._said.value = status("building …")
        try:
            for file, editor in self.editors.items():
                self._context.write(file, editor.value)
            build = self._context.build(f"docker build -t {self.name} .")
        except (
            DockerLabError,
            docker.errors.DockerException,
            requests.RequestException,
            subprocess.TimeoutExpired,
            OSError,
        ) as problem:
            self._said.value = error("No build", problem)
            return
        finally:
            self.button.disabled = False
        self.before, self.last = self.last, build
        self._picture.value = svg(build, self.before)
        self._said.value = status(sentence(build)) if build.ok else _failure(build)

    def reset(self) -> None:
        """Put back the files as they were in the beginning; nothing is built."""
        for file, text in self._start.items():
            self.editors[file].value = text

    def _editor(self, file: str, text: str) -> widgets.Textarea:
        lines = len(text.splitlines())
        return widgets.Textarea(
            value=text,
            rows=max(lines + 1, 3),
            layout={"width": "304px"},
            tooltip=f"the file {file}",
        )

    def _layout(self) -> widgets.VBox:
        editors = [
            part
            for file, editor in self.editors.items()
            for part in (widgets.HTML(f"<b>{escape(file)}</b>"), editor)
        ]
        return frame(
            f"{STYLE}<b>What is built, what comes from the cache?</b> Change a file, build again.",
            row(
                widgets.VBox([*editors, widgets.HBox([self.button, self.reset_button])]),
                widgets.VBox([self._picture]),
            ),
            self._said,
            kind="dl-build",
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """The live view, and the picture for where no kernel runs."""
        plain = sentence(self.last) if self.last else "Nothing is built yet."
        return bundle(self.view, svg(self.last, self.before), f"A build visualiser. {plain}")


def sentence(build: Build) -> str:
    """What became of the steps, in a sentence.

    Args:
        build: one that has ended.
    """
    states = build.states()
    counted = [
        f"{states.count(state)} {state}"
        for state in ("built", "cached", "failed", "not run")
        if state in states
    ]
    return f"Of the steps: {', '.join(counted) or 'none'}."


def _failure(build: Build) -> str:
    place = f"<pre>{escape(build.excerpt)}</pre>" if build.excerpt else ""
    return error("The build failed", build.error) + place
