"""Has cells that are none."""

from bank import write


def make(folder, notebook):
    notebook["cells"] += [
        None,
        5,
        [],
        "cell",
        {},
        {"cell_type": []},
        {"cell_type": "code", "source": 5, "metadata": None},
        {"cell_type": "heading", "source": "x", "metadata": {}, "level": "a"},
    ]
    notebook["nbformat_minor"] = "5"
    write(folder, notebook)
