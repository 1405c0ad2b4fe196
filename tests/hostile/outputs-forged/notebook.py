"""Carries outputs that its tests never had."""

from bank import write

FORGED = {
    "output_type": "execute_result",
    "data": {"text/plain": "4.0", "text/html": "<b>4.0</b>"},
    "metadata": {},
    "execution_count": 1,
}


def make(folder, notebook):
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [FORGED], 1
    write(folder, notebook)
