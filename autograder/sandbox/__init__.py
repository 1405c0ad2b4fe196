"""A throwaway engine for each submission, in which its author is root, and outside of it nobody."""

from autograder.sandbox.cells import Ending, Ran
from autograder.sandbox.errors import SandboxError, SandboxFault, SandboxUnavailable
from autograder.sandbox.limits import Limits, Needs
from autograder.sandbox.sandbox import Sandbox, SandboxHost

__all__ = [
    "Ending",
    "Limits",
    "Needs",
    "Ran",
    "Sandbox",
    "SandboxError",
    "SandboxFault",
    "SandboxHost",
    "SandboxUnavailable",
]
