"""Has metadata that are nested as deep as a reader of JSON may just bear."""

import json


def make(folder, notebook):
    notebook["cells"][0]["metadata"]["deep"] = "@"
    deep = '{"a":' * 900 + "1" + "}" * 900
    (folder / "containers.ipynb").write_text(json.dumps(notebook).replace('"@"', deep))
