"""JupyterLab as a person uses it, through Playwright."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, Request, expect

from dockerlab import paths

ROOT = paths.course().parent
AUTOGRADER = str(Path(sys.executable).with_name("autograder"))
SCREENSHOTS = ROOT / "build/screenshots"
OPEN_TIMEOUT = 60_000  # milliseconds, as Playwright counts


class JupyterLabPage:
    """One page of a browser, with JupyterLab in it."""

    def __init__(self, page: Page, server: str) -> None:
        self.page = page
        self.server = server
        self.requests_outside: list[str] = []
        page.on("request", self._note)
        # Validate holds the server until it is done: JupyterLab may say so before it says more.
        page.add_locator_handler(
            self.dialog.filter(has_text="Server Connection Error"),
            lambda told: told.get_by_role("button", name="Close").click(),
        )

    def open(self, address: str) -> None:
        """Open an address of the lab, and wait until its notebook is ready to be run."""
        self.page.goto(address)
        expect(self.notebook).to_be_visible(timeout=OPEN_TIMEOUT)
        # Not the notebook's own indicator: it says so while the kernel still starts.
        expect(self.page.locator("#jp-main-statusbar")).to_contain_text(
            "| Idle", timeout=OPEN_TIMEOUT
        )

    def open_file(self, file: Path) -> None:
        """Open a notebook of the repository, and nothing beside it."""
        self.open(f"{self.server}/lab/tree/{file.relative_to(ROOT)}?reset")

    @property
    def notebook(self) -> Locator:
        """The notebook in front."""
        return self.page.locator(".jp-NotebookPanel:visible")

    @property
    def dialog(self) -> Locator:
        """The dialog that is open."""
        return self.page.locator(".jp-Dialog-content")

    def menu(self, *names: str) -> None:
        """Choose an item of the menu bar."""
        for name in names:
            self.page.get_by_role("menuitem", name=name, exact=True).click()

    def run_all(self, file: Path, *, timeout: float) -> list[dict[str, Any]]:
        """Restart the kernel, run all cells of the notebook in front, and save it.

        Args:
            file: the notebook's.
            timeout: in seconds.

        Returns:
            Its code cells as they are in the file then.
        """
        last = len(json.loads(file.read_text())["cells"]) - 1  # JupyterLab draws what is in view
        prompt = self.notebook.locator(f"[data-windowed-list-index='{last}'] .jp-InputPrompt")
        self.menu("Kernel", "Restart Kernel and Run All Cells…")
        self.dialog.get_by_role("button", name="Confirm Kernel Restart").click()
        expect(prompt).to_have_text("[*]:", timeout=OPEN_TIMEOUT)
        # A number, or nothing where an error has ended the run before.
        expect(prompt).to_have_text(re.compile(r"\[[\d ]+\]:"), timeout=timeout * 1000)
        with self.page.expect_response(
            lambda answer: answer.request.method == "PUT" and "/api/contents/" in answer.url
        ):
            self.page.keyboard.press("Control+s")
        cells = json.loads(file.read_text())["cells"]
        return [cell for cell in cells if cell["cell_type"] == "code"]

    def keep(self, name: str) -> Path:
        """Keep a screenshot, under the name of what it shows."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        file = SCREENSHOTS / f"{name}.png"
        self.page.screenshot(path=file)
        return file

    def shut_down_kernels(self) -> None:
        """End the kernels that this page has started."""
        headers = {"X-XSRFToken": self._cookies().get("_xsrf", "")}
        answer = self.page.request.get(f"{self.server}/api/sessions")
        for session in answer.json():
            self.page.request.delete(
                f"{self.server}/api/sessions/{session['id']}", headers=headers, timeout=30_000
            )

    def _cookies(self) -> dict[str, str]:
        return {c["name"]: c["value"] for c in self.page.context.cookies()}

    def _note(self, request: Request) -> None:
        if not request.url.startswith((self.server, "data:", "blob:")):
            self.requests_outside.append(request.url)
