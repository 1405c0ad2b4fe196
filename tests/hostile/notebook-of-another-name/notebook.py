"""Has the name that a browser gives to a second download."""

import json


def make(folder, notebook):
    (folder / "containers (1).ipynb").write_text(json.dumps(notebook))
