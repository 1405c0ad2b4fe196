"""Widgets that drive a real engine; each shows a picture where no kernel runs."""

from dockerlab.explorers.api_recorder import ApiRecorder
from dockerlab.explorers.azure_vm_form import AzureVmForm
from dockerlab.explorers.build_visualiser import BuildVisualiser
from dockerlab.explorers.chmod_calculator import ChmodCalculator
from dockerlab.explorers.compose_graph import ComposeGraph
from dockerlab.explorers.container_states import ContainerStates
from dockerlab.explorers.dashboard_panels import DashboardPanels
from dockerlab.explorers.layer_explorer import LayerExplorer
from dockerlab.explorers.object_map import ObjectMapExplorer
from dockerlab.explorers.registry_browser import RegistryBrowser
from dockerlab.explorers.states import Action, State, allowed, observe
from dockerlab.explorers.swarm_grid import SwarmGrid
from dockerlab.explorers.topology_explorer import TopologyExplorer
from dockerlab.explorers.vm_beside_container import VmBesideContainer
from dockerlab.explorers.where_bytes_are import WhereBytesAre

__all__ = [
    "Action",
    "ApiRecorder",
    "AzureVmForm",
    "BuildVisualiser",
    "ChmodCalculator",
    "ComposeGraph",
    "ContainerStates",
    "DashboardPanels",
    "LayerExplorer",
    "ObjectMapExplorer",
    "RegistryBrowser",
    "State",
    "SwarmGrid",
    "TopologyExplorer",
    "VmBesideContainer",
    "WhereBytesAre",
    "allowed",
    "observe",
]
