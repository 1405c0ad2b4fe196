"""A registry's contents, by the word of its own HTTP API."""

from dockerlab.registry.api import Registry, Request
from dockerlab.registry.contents import Blob, Contents, Manifest, Tag, shared

__all__ = ["Blob", "Contents", "Manifest", "Registry", "Request", "Tag", "shared"]
