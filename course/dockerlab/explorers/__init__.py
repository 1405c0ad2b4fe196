"""Explorers: widgets with which a learner drives the real thing and sees what it does."""

from dockerlab.explorers.container_states import ContainerStates

__all__ = ["ContainerStates"]
