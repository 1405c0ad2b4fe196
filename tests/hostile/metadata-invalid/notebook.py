"""Has metadata of wrong types everywhere, NaN among them."""

from bank import write

ODD = [
    {},
    {"tags": 5},
    {"nbgrader": "x"},
    {"nbgrader": None},
    {"nbgrader": [1]},
    {"nbgrader": {"grade_id": []}},
    {"nbgrader": {"grade_id": {"a": 1}, "points": float("nan")}},
    {"scrolled": float("inf"), "": -0.0},
]


def make(folder, notebook):
    for cell, metadata in zip(notebook["cells"], ODD, strict=False):
        if "nbgrader" not in cell["metadata"] or cell["metadata"]["nbgrader"]["locked"]:
            cell["metadata"] = metadata
    notebook["cells"] += [
        {"cell_type": "raw", "source": "raw", "metadata": {}},
        {"cell_type": "code", "source": ["a = ", "1"], "metadata": {}},
    ]
    notebook["metadata"] = {
        "kernelspec": {"name": "../../bin/sh"},
        "language_info": float("nan"),
        "widgets": [[]],
        "orig_nbformat": "x",
    }
    write(folder, notebook)
