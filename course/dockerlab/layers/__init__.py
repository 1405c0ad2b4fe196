"""What an image is made of, layer by layer, from its own tar. No widgets here."""

from dockerlab.layers.compare import Comparison, Outline, compare, group, leftovers, outline
from dockerlab.layers.model import Change, Image, Kind, Layer
from dockerlab.layers.overlay import Overlay, look, overlay
from dockerlab.layers.reading import read, read_tar

__all__ = [
    "Change",
    "Comparison",
    "Image",
    "Kind",
    "Layer",
    "Outline",
    "Overlay",
    "compare",
    "group",
    "leftovers",
    "look",
    "outline",
    "overlay",
    "read",
    "read_tar",
]
