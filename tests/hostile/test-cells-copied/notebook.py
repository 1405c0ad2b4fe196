"""Follows each test with copies of it, of the same grade_id, that simply say 4.0."""

from bank import write


def make(folder, notebook):
    copied = []
    for cell in notebook["cells"]:
        copied.append(cell)
        if cell["id"].startswith("test-"):
            copied += [cell | {"id": f"{cell['id']}-{n}", "source": "4.0"} for n in range(3)]
    notebook["cells"] = copied
    write(folder, notebook)
