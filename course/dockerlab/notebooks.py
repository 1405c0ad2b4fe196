"""Keep notebooks canonical, so that a change in one shows as what it is.

    python -m dockerlab.notebooks course/*.ipynb            # rewrite
    python -m dockerlab.notebooks --check course/*.ipynb    # only tell; status 1 if one is not

Outputs are kept, with the execution counts of one run from top to bottom, since nbval takes a cell
without a count for one that never ran. Widget models and editors' private metadata go; keys are
sorted; cells that an editor gave a random id get one by their place.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"  # names a model of a kernel that is gone
CELL_METADATA = ("claims", "nbgrader", "tags")
RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f-]+)?")


def canonical(text: str) -> str:
    """The canonical form of a notebook.

    Args:
        text: the notebook, as it lies in its file.

    Raises:
        ValueError: it is not a notebook.
    """
    try:
        notebook: Any = nbformat.v4.reads(text)
        cells = list(enumerate(notebook.cells, 1))
        was_run = any(cell.get("outputs") for _, cell in cells)
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise ValueError(f"this is not a notebook of format 4 ({error})") from error
    kernel = notebook.metadata.get("kernelspec", {})
    notebook.metadata = {
        "kernelspec": {
            "display_name": kernel.get("display_name", "Python 3"),
            "language": "python",
            "name": kernel.get("name", "python3"),
        },
        "language_info": {"name": "python"},
    }
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    seen: set[str] = set()
    count = 0
    for place, cell in cells:
        cell.metadata = {k: v for k, v in cell.metadata.items() if k in CELL_METADATA}
        cell.id = _id(cell, place, seen)
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count if was_run else None
            cell.outputs = _outputs(cell.outputs, cell.execution_count)
    nbformat.validate(notebook)
    return str(nbformat.v4.writes(notebook)).rstrip("\n") + "\n"


def _id(cell: Any, place: int, seen: set[str]) -> str:
    """The cell's own id where somebody chose it; nbgrader's, or its place, elsewhere."""
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
    chosen = grade_id or cell.get("id", "")
    if not chosen or RANDOM_ID.fullmatch(chosen) or chosen in seen:
        chosen = f"cell-{place:03}"
    seen.add(chosen)
    return str(chosen)


def _outputs(outputs: Sequence[Any], count: int | None) -> list[Any]:
    """The outputs, with text joined that came in pieces, as the moment would have it."""
    joined: list[Any] = []
    for output in (_output(each, count) for each in outputs):
        last: Any = joined[-1] if joined else {}
        if output.output_type == "stream" and last.get("name") == output.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def _output(output: Any, count: int | None) -> Any:
    if "execution_count" in output:
        output.execution_count = count
    if "data" in output:
        output.data.pop(WIDGET_VIEW, None)
        output.metadata = {}
    return output


def main(arguments: Sequence[str]) -> int:
    """Rewrite, or check, the named notebooks; returns the exit status."""
    check = "--check" in arguments
    status = 0
    for path in (Path(a) for a in arguments if a != "--check"):
        try:
            text = path.read_text(encoding="utf-8")
            wanted = canonical(text)
        except (OSError, ValueError) as error:
            print(f"error: {path}: {error}", file=sys.stderr)
            status = 1
            continue
        if text == wanted:
            continue
        if check:
            print(f"{path} is not canonical: python -m dockerlab.notebooks {path}")
            status = 1
        else:
            path.write_text(wanted, encoding="utf-8")
            print(f"{path} rewritten")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
