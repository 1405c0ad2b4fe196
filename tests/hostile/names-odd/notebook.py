"""Hands in files with every kind of name beside the notebook, and further notebooks."""

import os

from bank import write

NAMES = [
    "with space.txt",
    "한글.txt",
    "[a-z]*.txt",
    "{x}.txt",
    "-rf",
    "new\nline",
    "%s%(x)s{0}",
    "..hidden",
    "quote'\".txt",
    "x" * 250,
    "timestamp.txt.bak",
    "containers_files",
]


def make(folder, notebook):
    for name in NAMES:
        (folder / name).write_text(name)
        (folder / f"d {name}"[:250]).mkdir()
        (folder / f"d {name}"[:250] / name).write_text(name)
    os.close(os.open(os.fsencode(folder) + b"/\xff\xfe.txt", os.O_CREAT))
    for name in ("copy [1].ipynb", "한글 노트.ipynb", "*.ipynb"):
        (folder / name).write_text("{}")
    write(folder, notebook)
