"""A real Chromium on the real lab, as `autograder lab` serves it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from jupyterlab_page import AUTOGRADER, ROOT, JupyterLabPage
from playwright.sync_api import Browser, sync_playwright

from dockerlab import engine

FLAGS = [
    "--no-sandbox",  # which root has to do without
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STOP_TIMEOUT = 40  # seconds


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert chromium, "Chromium is needed: apt-get install chromium, or set CHROMIUM to its path"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Of a Jupyter that sees neither a lab that runs already, nor the user's settings."""
    home = tmp_path_factory.mktemp("jupyter")
    folders = {f"JUPYTER_{name}_DIR": str(home / name) for name in ("RUNTIME", "CONFIG", "DATA")}
    return {**os.environ, **folders}


@pytest.fixture(scope="session")
def lab(environment: dict[str, str]) -> Iterator[str]:
    """The address that `autograder lab` printed."""
    with subprocess.Popen(
        [AUTOGRADER, "lab"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield _address(process)
        finally:
            process.send_signal(signal.SIGINT)
            said, _ = process.communicate(timeout=STOP_TIMEOUT)
    assert "JupyterLab and its kernels have stopped." in said
    assert process.returncode == 0


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    said = ""
    for line in process.stdout:  # it ends by itself, with an error, where it cannot start
        said += line
        if found := re.search(r"http://127\.0\.0\.1:\S+\?token=\w+", line):
            return found[0]
    raise AssertionError(f"autograder lab gave no address:\n{said}")


@pytest.fixture
def page(browser: Browser, lab: str, request: pytest.FixtureRequest) -> Iterator[JupyterLabPage]:
    """A fresh browser profile that has opened the lab, without the tabs of tests before."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = JupyterLabPage(context.new_page(), lab.partition("/lab")[0])
    page.open(f"{lab}&reset")
    yield page
    page.keep(request.node.name)  # the last view, of a failed test too
    page.shut_down_kernels()
    context.close()
    assert page.requests_outside == []


@pytest.fixture
def workplace() -> Path:
    """A folder in the lab's root for copies of notebooks: running must not change ours."""
    folder = ROOT / "build/browser"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@pytest.fixture(scope="session")
def client() -> Iterator[docker.DockerClient]:
    client = engine.connect()
    yield client
    client.close()
