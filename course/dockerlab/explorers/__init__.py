"""Widgets that drive a real engine; each shows a picture where no kernel runs."""

from dockerlab.explorers.build_visualiser import BuildVisualiser
from dockerlab.explorers.chmod_calculator import ChmodCalculator
from dockerlab.explorers.container_states import ContainerStates
from dockerlab.explorers.states import Action, State, allowed, observe
from dockerlab.explorers.where_bytes_are import WhereBytesAre

__all__ = [
    "Action",
    "BuildVisualiser",
    "ChmodCalculator",
    "ContainerStates",
    "State",
    "WhereBytesAre",
    "allowed",
    "observe",
]
