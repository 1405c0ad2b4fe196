"""What hadolint, the usual linter for Dockerfiles, has to say of one."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from dockerlab.errors import ToolMissing

TIMEOUT = 30  # seconds


@dataclass(frozen=True)
class Finding:
    """One remark.

    Attributes:
        line: of the Dockerfile, from 1.
        level: "error", "warning", "info" or "style".
        code: the rule's: DL… is hadolint's own, SC… is ShellCheck's on the shell in a RUN.
        message: what is wrong.
    """

    line: int
    level: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.level} {self.code}: {self.message}"


def lint(dockerfile: str) -> list[Finding]:
    """Look a Dockerfile over; nothing is built, no daemon is asked.

    Args:
        dockerfile: its text.

    Returns:
        The findings, by line.

    Raises:
        ToolMissing: hadolint is not there. It comes with the course, except on Windows.
    """
    program = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which(
        "hadolint"
    )
    if program is None:
        raise ToolMissing(
            "There is no hadolint here. On Windows it does not come with the course: put "
            "hadolint.exe into a folder that PATH names."
        )
    done = subprocess.run(
        # No configuration file of the learner's: everybody shall read the same findings.
        [program, "--config", _no_configuration(), "--no-fail", "--format", "json", "-"],
        input=dockerfile,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=TIMEOUT,
        check=False,
    )
    try:
        told = json.loads(done.stdout)
    except ValueError as error:
        raise ToolMissing(f"hadolint does not work here: {done.stderr.strip()}") from error
    findings = [Finding(f["line"], f["level"], f["code"], f["message"]) for f in told]
    return sorted(findings, key=lambda finding: (finding.line, finding.code))


def _no_configuration() -> str:
    return "NUL" if sys.platform == "win32" else "/dev/null"
