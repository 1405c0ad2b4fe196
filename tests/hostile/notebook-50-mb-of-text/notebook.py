"""Is a notebook of 50 MB, all of it written by the student."""

from bank import own, write


def make(folder, notebook):
    notebook["cells"].append(own("*_[" * 17_000_000, "markdown"))
    write(folder, notebook)
