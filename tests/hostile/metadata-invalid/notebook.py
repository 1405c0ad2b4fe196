"""Has metadata of wrong types everywhere, NaN among them, and cells that are none."""

from bank import write

ODD = [
    None,
    5,
    "text",
    [],
    {"nbgrader": None},
    {"nbgrader": [1]},
    {"nbgrader": {"grade_id": []}},
    {"nbgrader": {"grade_id": {"a": 1}, "points": float("nan")}},
    float("inf"),
    -0.0,
]


def make(folder, notebook):
    for cell, metadata in zip(notebook["cells"], ODD, strict=False):
        if "nbgrader" not in cell["metadata"] or cell["metadata"]["nbgrader"]["locked"]:
            cell["metadata"] = metadata
    notebook["cells"] += [
        None,
        5,
        [],
        "cell",
        {},
        {"cell_type": "code"},
        {"cell_type": []},
        {"cell_type": "code", "source": 5, "metadata": {}},
        {"cell_type": "raw", "source": "raw", "metadata": {}},
        {"cell_type": "code", "source": ["a = 1"], "metadata": None},
        {"cell_type": "heading", "source": "x", "metadata": {}, "level": "a"},
    ]
    notebook["metadata"] = {
        "kernelspec": {"name": "../../bin/sh"},
        "language_info": float("nan"),
        "widgets": [[]],
        "orig_nbformat": "x",
    }
    notebook["nbformat_minor"] = "5"
    write(folder, notebook)
