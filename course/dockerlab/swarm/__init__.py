"""A swarm of several computers, each an engine in a container: made, read, and driven."""

from dockerlab.swarm.acts import kill_task, scale, set_availability, update
from dockerlab.swarm.line import client_inside
from dockerlab.swarm.nodes import Node, each, give, start
from dockerlab.swarm.reading import Computer, Service, Snapshot, Task, look, placement, settle

__all__ = [
    "Computer",
    "Node",
    "Service",
    "Snapshot",
    "Task",
    "client_inside",
    "each",
    "give",
    "kill_task",
    "look",
    "placement",
    "scale",
    "set_availability",
    "settle",
    "start",
    "update",
]
