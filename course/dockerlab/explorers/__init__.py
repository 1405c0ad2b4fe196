"""Widgets that drive a real engine; each shows a picture where no kernel runs."""

from dockerlab.explorers.api_recorder import ApiRecorder
from dockerlab.explorers.container_states import ContainerStates
from dockerlab.explorers.object_map import ObjectMapExplorer
from dockerlab.explorers.states import Action, State, allowed, observe

__all__ = [
    "Action",
    "ApiRecorder",
    "ContainerStates",
    "ObjectMapExplorer",
    "State",
    "allowed",
    "observe",
]
