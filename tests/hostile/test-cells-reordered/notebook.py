"""Turns the notebook upside down: the tests come before what they test."""

from bank import write


def make(folder, notebook):
    notebook["cells"].reverse()
    write(folder, notebook)
