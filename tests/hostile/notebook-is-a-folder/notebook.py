"""Is a folder with the name of a notebook."""


def make(folder, notebook):
    (folder / "containers.ipynb").mkdir()
