"""Small changes of a cell's text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """One change.

    Attributes:
        kind: what is done, in words that make a part of the mutant's id.
        start: where the old text begins.
        end: where it ends.
        new: what takes its place.
    """

    kind: str
    start: int
    end: int
    new: str

    def of(self, text: str) -> str:
        """The changed text."""
        return text[: self.start] + self.new + text[self.end :]

    def moved(self, by: int) -> Edit:
        """The same change of a text that begins `by` characters later."""
        return Edit(self.kind, self.start + by, self.end + by, self.new)
