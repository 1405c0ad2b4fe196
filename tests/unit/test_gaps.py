"""What an engine lacks is said to the reader, and can be counted by a program."""

from __future__ import annotations

import nbformat
from nbclient import NotebookClient

from dockerlab.gaps import gaps


def test_what_is_lacking_is_said_and_counted() -> None:
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(
                "from dockerlab.gaps import lacking\n"
                'lacking("IPVS", "Any node answers <at once>.")\n'
                'print("and on it goes")\n'
                'lacking("root", "A device.")'
            ),
            nbformat.v4.new_code_cell('print("nothing is lacking")'),
        ]
    )
    NotebookClient(notebook, timeout=60).execute()
    first, second = (cell.outputs for cell in notebook.cells)
    assert gaps(first) == ["IPVS", "root"]
    assert gaps(second) == []
    said = first[0].data
    assert said["text/plain"] == (
        "Not on this engine: IPVS.\nYou would have seen: Any node answers <at once>."
    )
    assert "Any node answers &lt;at once&gt;." in said["text/html"]
