"""Is a pipe, from which a reader waits for ever."""

import os


def make(folder, notebook):
    os.mkfifo(folder / "containers.ipynb")
    os.mkfifo(folder / "data")
