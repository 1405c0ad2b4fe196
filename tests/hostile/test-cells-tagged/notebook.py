"""Tags every test as one that is not to be run, and hides or freezes it in other ways."""

from bank import write


def make(folder, notebook):
    for cell in notebook["cells"]:
        cell["metadata"]["tags"] = ["skip-execution", "remove_cell", "raises-exception", "hide"]
        cell["metadata"] |= {"deletable": False, "jupyter": {"source_hidden": True}}
    notebook["metadata"]["celltoolbar"] = "Create Assignment"
    write(folder, notebook)
