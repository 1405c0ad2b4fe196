"""The images that the course runs, under their real names, with and without the internet."""

from dockerlab.images.catalogue import Image, catalogue, image
from dockerlab.images.prefetch import COURSE, HUB, ensure, hub_answers, origin
from dockerlab.images.reach import obtainable, pullable

__all__ = [
    "COURSE",
    "HUB",
    "Image",
    "catalogue",
    "ensure",
    "hub_answers",
    "image",
    "obtainable",
    "origin",
    "pullable",
]
