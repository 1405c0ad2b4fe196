"""Widgets that drive a real engine; each shows a picture where no kernel runs."""

from dockerlab.explorers.container_states import ContainerStates
from dockerlab.explorers.layer_explorer import LayerExplorer
from dockerlab.explorers.states import Action, State, allowed, observe

__all__ = ["Action", "ContainerStates", "LayerExplorer", "State", "allowed", "observe"]
