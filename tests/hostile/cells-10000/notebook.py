"""Has ten thousand cells."""

from bank import own, write


def make(folder, notebook):
    notebook["cells"] += [own(f"x = {n}") | {"id": f"mine-{n}"} for n in range(10_000)]
    write(folder, notebook)
