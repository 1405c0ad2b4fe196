"""The explorer of file permissions: nine boxes, three digits, and what `ls -l` and `chmod` say."""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets as widgets

from dockerlab.frame import bundle, frame, row, status
from dockerlab.permissions import WHAT, WHO, Mode, read

START = Mode(0o755)
STYLE = """<style>
.dl-chmod table{border-collapse:collapse}
.dl-chmod td,.dl-chmod th{padding:4px 14px;text-align:center;border:1px solid #cbd5e1}
.dl-chmod .widget-checkbox,.dl-chmod .widget-label{width:110px}
.dl-chmod .digit{font:700 22px ui-monospace,monospace}
</style>"""


class ChmodCalculator:
    """File permissions, by box, by digit, or by word; each changes the others.

    Args:
        mode: to begin with.
    """

    def __init__(self, mode: Mode = START) -> None:
        self.mode = mode
        self._told = widgets.HTML()
        self._said = widgets.HTML()
        self.boxes = [[self._box(who, what) for what in range(3)] for who in range(3)]
        self.text = widgets.Text(
            description="chmod",
            placeholder="755, rwxr-xr-x or +x",
            layout={"width": "330px"},
            continuous_update=False,
        )
        self.text.observe(self._typed, "value")
        self.view = self._layout()
        self._show(mode)

    def set(self, text: str) -> None:
        """Do what typing a mode does. What is none is said, not raised.

        Args:
            text: a mode, in any spelling.
        """
        self._said.value = ""
        try:
            self._show(read(text, self.mode))
        except ValueError as wrong:
            self._said.value = status(escape(str(wrong)))

    def _typed(self, change: dict[str, Any]) -> None:
        if change["new"]:
            self.set(change["new"])

    def _box(self, who: int, what: int) -> widgets.Checkbox:
        box = widgets.Checkbox(
            description=WHAT[what], indent=False, tooltip=f"{WHO[who]}: {WHAT[what]}"
        )

        def clicked(change: dict[str, Any]) -> None:
            if change["new"] != self.mode.has(who, what):
                self._said.value = ""
                self._show(self.mode.toggled(who, what))

        box.observe(clicked, "value")
        return box

    def _show(self, mode: Mode) -> None:
        self.mode = mode
        for who, boxes in enumerate(self.boxes):
            for what, box in enumerate(boxes):
                box.value = mode.has(who, what)
        self._told.value = words(mode)

    def _layout(self) -> widgets.VBox:
        rows = [
            widgets.HBox([widgets.HTML(f"<b>{name}</b>", layout={"width": "70px"}), *boxes])
            for name, boxes in zip(WHO, self.boxes, strict=True)
        ]
        return frame(
            f"{STYLE}<b>Who may do what with a file?</b> Tick boxes, or type a mode.",
            row(widgets.VBox([*rows, self.text]), self._told),
            self._said,
            kind="dl-chmod",
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """The live view, and the table for where no kernel runs."""
        plain = f"{self.mode.octal} is {self.mode.letters}; run this cell to try others."
        return bundle(self.view, table(self.mode), plain)


def words(mode: Mode) -> str:
    """A mode in all its spellings, and how its digits come about, as HTML."""
    sums = "".join(
        f"<li>{name}: <code>{told}</code></li>" for name, told in zip(WHO, mode.sums(), strict=True)
    )
    return status(
        f"<span class='digit'>{mode.octal}</span> &nbsp; <code>{mode.letters}</code>"
        f"<br><code>chmod {mode.octal}</code> or <code>chmod {mode.symbolic}</code>"
        f"<ul style='margin:4px 0'>{sums}</ul>"
    )


def table(mode: Mode) -> str:
    """The nine boxes and three digits as a picture in HTML."""
    style = "style='padding:3px 14px;border:1px solid #cbd5e1;text-align:center'"
    head = "".join(f"<th {style}>{what}</th>" for what in (*WHAT, "digit"))
    rows = ""
    for who, name in enumerate(WHO):
        marks = "".join(
            f"<td {style}>{'✓ ' + str(4 >> what) if mode.has(who, what) else '-'}</td>"
            for what in range(3)
        )
        digit = f"<td {style}><b>{mode.octal[who]}</b></td>"
        rows += f"<tr><th {style}>{name}</th>{marks}{digit}</tr>"
    return (
        f"<table><caption style='text-align:left'><b>{mode.octal}</b> = "
        f"<code>{mode.letters}</code> = <code>{mode.symbolic}</code></caption>"
        f"<thead><tr><th {style}></th>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )
