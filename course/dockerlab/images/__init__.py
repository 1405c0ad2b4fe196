"""The images that the course runs, under their real names, with and without the internet."""

from dockerlab.images.catalogue import Image, catalogue, image
from dockerlab.images.prefetch import COURSE, HUB, ensure, origin
from dockerlab.images.reach import obtainable, pullable

__all__ = [
    "COURSE",
    "HUB",
    "Image",
    "catalogue",
    "ensure",
    "image",
    "obtainable",
    "origin",
    "pullable",
]
