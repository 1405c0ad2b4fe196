"""What a test cell can say about what the daemon has.

A check states an effect, asks the daemon, and answers with a result. A student's mistake is a
result; an exception means that the daemon could not tell.
"""

from autograder.checks.computers import Computers
from autograder.checks.container import Container
from autograder.checks.faults import EngineFault
from autograder.checks.image import Image
from autograder.checks.network import Network
from autograder.checks.repository import Repository
from autograder.checks.results import Report, Result
from autograder.checks.service import Service, SwarmNode
from autograder.checks.task import Task, grade
from autograder.checks.volume import Volume
from autograder.checks.watch import Prometheus

__all__ = [
    "Computers",
    "Container",
    "EngineFault",
    "Image",
    "Network",
    "Prometheus",
    "Report",
    "Repository",
    "Result",
    "Service",
    "SwarmNode",
    "Task",
    "Volume",
    "grade",
]
