"""The explorer of lesson 12: the form of a virtual machine, what is sent, and what it costs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

import ipywidgets as widgets

from dockerlab.azure import prices, template
from dockerlab.azure.prices import MONTH, SIZES, Bill, Figure
from dockerlab.errors import DockerLabError
from dockerlab.explorers.bill_drawing import svg
from dockerlab.frame import bundle, error, frame, row, status

DISK_NAMES = {
    "Standard HDD (the notes)": "Standard_LRS",
    "Standard SSD": "StandardSSD_LRS",
    "Premium SSD": "Premium_LRS",
}
WIDE = {"description_width": "130px"}
SHOWN = 40  # characters of a value


class AzureVmForm:
    """Fields of the form, the parameters that they become, and the bill.

    Nothing is sent anywhere, but for the button that asks Azure's open price list.

    Args:
        arm: the template.
        given: values of its parameters that stay, such as the public key.
    """

    def __init__(self, arm: template.Template, given: Mapping[str, Any]) -> None:
        self._template, self._given = arm, dict(given)
        self._asked: dict[str, Figure] = {}  # the prices of today, by size
        self._picture, self._sent, self._said = (widgets.HTML() for _ in range(3))
        allowed = arm["parameters"]["image"]["allowedValues"]
        self.size = self._field(widgets.Dropdown, "Size", options=list(SIZES))
        self.hours = self._field(widgets.IntSlider, "Hours a month", value=MONTH, max=MONTH)
        self.disk = self._field(widgets.Dropdown, "OS disk", options=list(DISK_NAMES.items()))
        self.address = self._field(widgets.Checkbox, "Public IP", value=True)
        self.image = self._field(widgets.Dropdown, "Image", options=allowed)
        self.source = self._field(widgets.Text, "SSH from", value="*", continuous_update=False)
        self.diagnostics = self._field(widgets.Checkbox, "Boot diagnostics")
        self.ask = widgets.Button(
            description="Ask for today's price",
            tooltip="Ask Azure's open price list; it wants the internet, and no account",
            layout={"width": "auto", "margin": "2px 2px 2px 138px"},  # below the fields
        )
        self.ask.on_click(lambda _: self.ask_today())
        self.view = self._layout()
        self._show()

    @property
    def hour(self) -> Figure:
        """What the machine costs an hour: today's figure, once it has been asked for."""
        return self._asked.get(self.size.value, SIZES[self.size.value])

    @property
    def bill(self) -> Bill:
        """What the form costs a month."""
        return prices.bill(
            self.hour.amount,
            hours=self.hours.value,
            disk=self.disk.value,
            address=self.address.value,
        )

    @property
    def given(self) -> dict[str, Any]:
        """The parameters' values that are not the template's defaults."""
        chosen = {
            "vmSize": self.size.value.partition(" ")[0],
            "image": self.image.value,
            "osDiskType": self.disk.value,
            "sshSource": self.source.value,
            "bootDiagnostics": self.diagnostics.value,
        }
        asked = self._template["parameters"]
        changed = {n: v for n, v in chosen.items() if v != asked[n].get("defaultValue")}
        return {**self._given, **changed}

    @property
    def picture(self) -> str:
        """The bill as an SVG."""
        return svg(
            self.bill,
            size=self.size.value,
            hours=self.hours.value,
            hour=self.hour,
            disk=self.disk.value,
        )

    def ask_today(self) -> None:
        """Ask for today's price of the size. What goes wrong is shown, not raised."""
        size, region = self.size.value.partition(" ")[0], SIZES[self.size.value].where
        try:
            amount = prices.today(size, region.replace(" ", "").lower())
        except DockerLabError as problem:
            self._said.value = error("The dated figure stays", problem)
            return
        self._asked[self.size.value] = Figure(amount, "hour", region, "today")
        self._show()

    def _field(self, kind: type[widgets.Widget], name: str, **options: Any) -> Any:
        field = kind(description=name, style=WIDE, layout={"width": "370px"}, **options)
        field.observe(lambda _: self._show(), "value")
        return field

    def _show(self) -> None:
        if not hasattr(self, "view"):  # some field is still to come
            return
        self._picture.value = self.picture
        shown = {name: _short(value) for name, value in self.given.items()}
        self._sent.value = (
            "<b>Parameters that are not the template's defaults</b>"
            f"<pre class='dl-sent'>{escape(json.dumps(shown, indent=2, ensure_ascii=False))}</pre>"
        )
        wrong = self._wrong()
        self._said.value = status(
            "The SDK's models find nothing wrong with it." if not wrong else escape(wrong)
        )

    def _wrong(self) -> str:
        from dockerlab.azure import sdk  # late: it takes seconds, which the other lessons save

        try:
            return "; ".join(sdk.findings(template.resolve(self._template, self.given)))
        except DockerLabError as problem:
            return str(problem)

    def _layout(self) -> widgets.VBox:
        style = (
            "<style>.dl-explorer pre.dl-sent{font-size:12px;line-height:1.35;margin:0;padding:8px;"
            "background:#0f172a;color:#e2e8f0;border-radius:6px;min-width:320px}</style>"
        )
        left = widgets.VBox([self.size, self.hours, self.disk, self.address])
        right = widgets.VBox([self.image, self.source, self.diagnostics, self.ask])
        return frame(
            f"{style}<b>The form, what is sent, and what it costs</b>",
            row(left, right),
            self._picture,
            self._sent,
            self._said,
            kind="dl-azure",
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """The live view, and the bill for where no kernel runs."""
        plain = f"${self.bill.total:.2f} a month; run this cell to change the form."
        return bundle(self.view, self.picture, plain)


def _short(value: Any) -> Any:
    return f"{value[:SHOWN]}…" if isinstance(value, str) and len(value) > SHOWN else value
