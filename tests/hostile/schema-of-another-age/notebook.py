"""Says that its metadata are of nbgrader's first, or of a coming version."""

from bank import write


def make(folder, notebook):
    for place, cell in enumerate(notebook["cells"]):
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"]["schema_version"] = (0, 99, "3", None)[place % 4]
    write(folder, notebook)
