"""Has half characters in its cells, which cannot be written to a file, and other odd ones."""

from bank import cell_of, own, write


def make(folder, notebook):
    cell_of(notebook, "database")["source"] = "print('a\ud800b\x00\x1b[2J\u202e')"
    notebook["cells"] += [own("# \udfff \x00", "markdown"), own("'\ud800'")]
    write(folder, notebook)
