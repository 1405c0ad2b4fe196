"""What can go wrong with a sandbox.

DockerLabError
└── SandboxError
    ├── SandboxUnavailable   this machine, or its engine, cannot run sandboxes
    └── SandboxFault         a sandbox did not come up, or ended before its time
"""

from __future__ import annotations

from dockerlab.errors import DockerLabError


class SandboxError(DockerLabError):
    """A submission cannot be run in an engine of its own."""


class SandboxUnavailable(SandboxError):
    """This machine, or its engine, lacks something; the message says what to do."""


class SandboxFault(SandboxError):
    """A sandbox did not come up, or ended before its time. A new one may do."""
