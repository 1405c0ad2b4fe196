"""Makes the zip that a student uploads to an LMS."""

from __future__ import annotations

import json
import os
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.grading.errors import CannotGrade
from autograder.grading.handing_in.archive import NOISE
from autograder.grading.handing_in.filing import ABOUT, MOST_BYTES, MOST_FILES, STAMP


@dataclass(frozen=True)
class Packed:
    """What was packed.

    Attributes:
        file: the zip.
        names: of what is in it.
        notes: what the student should know.
    """

    file: Path
    names: list[str]
    notes: list[str]


def pack(folder: Path, student: str, to: Path | None = None) -> Packed:
    """Pack an assignment.

    Args:
        folder: with the notebook, and what lies beside it.
        student: the id of who hands it in.
        to: the zip; else it lies beside the folder, and is named after it and the student.

    Raises:
        CannotGrade: there is nothing to hand in, or too much.
    """
    folder = folder.resolve()
    if not folder.is_dir():
        raise CannotGrade(f"There is no folder {folder}.")
    files = list(_files(folder))
    notebooks = [path for path in files if path.suffix == ".ipynb" and path.parent == folder]
    if not notebooks:
        raise CannotGrade(f"There is no notebook in {folder}.")
    size = sum(path.stat().st_size for path in files)
    if len(files) > MOST_FILES or size > MOST_BYTES:
        raise CannotGrade(
            f"{folder} holds {len(files)} files with {size / 1e6:.0f} MB, and at most {MOST_FILES} "
            f"files with {MOST_BYTES / 1e6:.0f} MB can be handed in. Move away what is not needed."
        )
    notes = [note for path in notebooks for note in _notes(path)]
    to = to or folder.parent / f"{folder.name}-{student}.zip"
    half = to.with_name(f".{to.name}.part")
    about = {"assignment": folder.name, "student": student, "made": datetime.now(UTC).isoformat()}
    try:
        with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as packed:
            for path in files:
                packed.write(path, path.relative_to(folder).as_posix())
            packed.writestr(ABOUT, json.dumps(about))
        half.replace(to)
    finally:
        half.unlink(missing_ok=True)
    return Packed(to, [path.relative_to(folder).as_posix() for path in files], notes)


def _files(folder: Path) -> list[Path]:
    found = []
    for top, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in NOISE)
        for path in (Path(top, name) for name in sorted(names)):
            if path.is_symlink() or not path.is_file() or path.name in (*NOISE, STAMP):
                continue
            found.append(path)
    return found


def _notes(notebook: Path) -> list[str]:
    try:
        cells = json.loads(notebook.read_bytes())["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        left = [cell for cell in cells if "# YOUR CODE HERE" in "".join(cell["source"])]
        ran = any(cell["outputs"] for cell in code)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise CannotGrade(
            f"{notebook.name} is not a notebook that can be read. Save it in JupyterLab, and try "
            "again."
        ) from error
    said = []
    if left:
        said.append(f"{notebook.name}: {len(left)} cells still say YOUR CODE HERE")
    if code and not ran:
        said.append(f"{notebook.name}: no cell has been run; Run All shows what the checks say")
    return said
