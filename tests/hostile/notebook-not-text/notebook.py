"""Is a picture, by its bytes."""


def make(folder, notebook):
    (folder / "containers.ipynb").write_bytes(bytes(range(256)) * 1000)
