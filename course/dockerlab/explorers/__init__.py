"""Widgets that drive a real engine; each shows a picture where no kernel runs."""

from dockerlab.explorers.container_states import ContainerStates
from dockerlab.explorers.states import Action, State, allowed, observe
from dockerlab.explorers.vm_beside_container import VmBesideContainer

__all__ = ["Action", "ContainerStates", "State", "VmBesideContainer", "allowed", "observe"]
