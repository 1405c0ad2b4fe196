"""OpenSSH's own commands, with files of the lesson's instead of the learner's.

The learner's ~/.ssh is neither read nor written: not its keys, its settings, nor its known hosts.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from dockerlab.commands import NOT_FOUND, attempt
from dockerlab.engine import packages
from dockerlab.errors import CommandFailed, DockerLabError, ToolMissing

TIMEOUT = 60  # seconds; a machine without hardware help is slow to reckon with keys
KNOWN_HOSTS = "known_hosts"


@dataclass(frozen=True)
class Ran:
    """What a command has come to.

    Attributes:
        code: its exit status: the remote command's, or 255 where ssh itself has failed.
        output: what it printed.
        complaint: what it printed on standard error.
    """

    code: int
    output: str
    complaint: str

    @property
    def succeeded(self) -> bool:
        """Whether the exit status is 0."""
        return self.code == 0


def ensure() -> None:
    """Make sure that OpenSSH's client is there; on Debian it is installed where it is missing.

    Raises:
        ToolMissing: it is not, and cannot be had.
    """
    try:
        if shutil.which("ssh") is None:
            packages.ensure_system({"ssh": "openssh-client"}, print)
    except DockerLabError as error:
        raise ToolMissing(f"There is no ssh here, and it cannot be installed: {error}") from error


def make_key(file: Path, owner: str) -> str:
    """Make a pair of keys: `file`, and its public half beside it, `file`.pub.

    Args:
        file: of the private half.
        owner: a comment in the public half, which says whose it is.

    Returns:
        The public half.

    Raises:
        CommandFailed: it cannot be made.
    """
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", owner, "-f", str(file)]
    done = _run(command, file.parent)
    if not done.succeeded:
        raise CommandFailed(command, done.code, done.output, done.complaint)
    return Path(f"{file}.pub").read_text(encoding="utf-8").strip()


class Login:
    """A way to log in to this machine's port.

    Args:
        folder: with the key; the server's own key is noted there.
        key: its file's name.
        user: to log in as.
        port: of this machine.
    """

    def __init__(self, folder: Path, key: str, user: str, port: int) -> None:
        self.folder, self.key, self.user, self.port = folder, key, user, port

    def run(self, command: str, *options: str) -> Ran:
        """Log in and run a command there. That it fails is a result, not an error.

        Args:
            command: a line for the user's shell.
            options: more for ssh.
        """
        port = ["-p", str(self.port)]
        return _run(
            ["ssh", *self._options(), *port, *options, f"{self.user}@127.0.0.1", command],
            self.folder,
        )

    def copy(self, file: str, to: str) -> Ran:
        """Copy a file there with scp. That it fails is a result, not an error.

        Args:
            file: its name in the folder.
            to: where to, on the other side.
        """
        port = ["-P", str(self.port)]
        return _run(
            ["scp", *self._options(), *port, file, f"{self.user}@127.0.0.1:{to}"], self.folder
        )

    def _options(self) -> list[str]:
        settings = (
            f"UserKnownHostsFile={KNOWN_HOSTS}",
            "GlobalKnownHostsFile=none",
            "StrictHostKeyChecking=accept-new",  # nobody can be asked here
            "IdentitiesOnly=yes",
            "IdentityAgent=none",
            "BatchMode=yes",
            "ConnectTimeout=20",
            "LogLevel=ERROR",
        )
        return ["-F", "none", "-i", self.key, *(f"-o{setting}" for setting in settings)]


def _run(command: list[str], folder: Path) -> Ran:
    try:
        done = attempt(command, timeout=TIMEOUT, cwd=folder)
    except CommandFailed as error:
        if error.returncode == NOT_FOUND:
            raise ToolMissing(f"There is no {command[0]} here.") from error
        raise
    return Ran(done.returncode, done.stdout, done.stderr.replace("\r", "").strip())
