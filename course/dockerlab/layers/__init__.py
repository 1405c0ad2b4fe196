"""What an image is made of, layer by layer, from its own tar. No widgets here."""

from dockerlab.layers.compare import Comparison, compare, group, leftovers
from dockerlab.layers.model import Change, Image, Kind, Layer
from dockerlab.layers.reading import read, read_tar

__all__ = [
    "Change",
    "Comparison",
    "Image",
    "Kind",
    "Layer",
    "compare",
    "group",
    "leftovers",
    "read",
    "read_tar",
]
