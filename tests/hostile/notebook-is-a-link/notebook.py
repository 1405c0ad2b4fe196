"""Is a link to a neighbour's notebook."""


def make(folder, notebook):
    (folder / "containers.ipynb").symlink_to("../../ann/containers/containers.ipynb")
