"""The survivors that are explained: their effect is the same, or was not asked for."""

from __future__ import annotations

import tomllib
from pathlib import Path

FILE = Path(__file__).with_suffix(".toml")


def read(file: Path = FILE) -> dict[str, str]:
    """The reasons, by the mutants' ids.

    Args:
        file: has a table for each assignment, in which `"cell/kind-1"` names the reason.
    """
    told = tomllib.loads(file.read_text())
    return {f"{name}/{id}": why for name, table in told.items() for id, why in table.items()}
