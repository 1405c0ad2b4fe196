"""Makes each test worth a thousand points, and one worth less than nothing."""

from bank import write


def make(folder, notebook):
    for cell in notebook["cells"]:
        if cell["id"].startswith("test-"):
            cell["metadata"]["nbgrader"]["points"] = -5 if cell["id"] == "test-look" else 1000
    write(folder, notebook)
