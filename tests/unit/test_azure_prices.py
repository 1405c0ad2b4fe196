"""The bill of a virtual machine, and the explorer that shows it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from dockerlab.azure import prices, template
from dockerlab.errors import DockerLabError
from dockerlab.explorers.azure_vm_form import AzureVmForm

NOTES_HOUR = prices.NOTES.amount / prices.MONTH
KEY = "ssh-ed25519 " + "A" * 68 + " nana"


def test_the_notes_figure_is_a_whole_month_of_the_machine_alone() -> None:
    whole = prices.bill(NOTES_HOUR, hours=prices.MONTH, disk="Standard_LRS")
    assert whole.machine == pytest.approx(60.23)
    assert whole.total == pytest.approx(60.23 + 1.54 + 3.65)
    assert prices.bill(NOTES_HOUR, hours=0, disk="Standard_LRS").total == pytest.approx(5.19)
    assert prices.bill(1, hours=2, disk="Premium_LRS", address=False).total == pytest.approx(7.28)


def test_each_figure_says_where_and_when_and_each_disk_of_the_template_has_one() -> None:
    for figure in (*prices.SIZES.values(), *prices.DISKS.values(), prices.ADDRESS):
        assert figure.where
        assert figure.when
    allowed = template.load()["parameters"]["osDiskType"]["allowedValues"]
    assert set(allowed) == prices.DISKS.keys()


@pytest.mark.parametrize("wrong", [{"hours": 731}, {"hours": -1}, {"disk": "Tape_LRS"}])
def test_a_month_has_no_more_hours_and_a_disk_has_a_figure(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"hours|figure"):
        prices.bill(1, **{"hours": 1, "disk": "Standard_LRS", **wrong})


@pytest.fixture
def price_list() -> Iterator[Callable[[object], str]]:
    """A server that gives one answer; returns its address."""
    servers: list[HTTPServer] = []

    def start(answer: object) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        servers.append(HTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def item(price: float, product: str = "DSv2 Series", meter: str = "D1 v2/DS1 v2") -> dict[str, Any]:
    """An entry, as the price list's documentation has it."""
    return {
        "retailPrice": price,
        "unitOfMeasure": "1 Hour",
        "productName": f"Virtual Machines {product}",
        "meterName": meter,
    }


def test_todays_price_is_that_of_linux_on_demand(price_list: Callable[[object], str]) -> None:
    entries = [item(0.2, "DSv2 Series Windows"), item(0.01, meter="DS1 v2 Spot"), item(0.09)]
    assert prices.today("Standard_DS1_v2", "koreacentral", price_list({"Items": entries})) == 0.09


@pytest.mark.parametrize("answer", [{"Items": []}, {}, [], {"Items": [{}]}, None])
def test_a_price_list_that_says_nothing_of_use_is_told(
    price_list: Callable[[object], str], answer: object
) -> None:
    with pytest.raises(DockerLabError, match="price list"):
        prices.today("Standard_DS1_v2", "koreacentral", price_list(answer))


def test_the_explorer_sends_what_differs_and_adds_up() -> None:
    explorer = AzureVmForm(template.load(), {"sshPublicKey": KEY})
    assert explorer.given == {"sshPublicKey": KEY}
    assert "60.23" in explorer.picture
    explorer.size.value = "Standard_B1s"
    explorer.hours.value = 100
    explorer.disk.value = "Premium_LRS"
    explorer.address.value = False
    explorer.diagnostics.value = True
    assert explorer.bill.total == pytest.approx(1.04 + 5.28)
    assert explorer.given == {
        "sshPublicKey": KEY,
        "vmSize": "Standard_B1s",
        "osDiskType": "Premium_LRS",
        "bootDiagnostics": True,
    }
    assert "nothing wrong" in explorer._said.value


def test_a_price_that_cannot_be_had_leaves_the_dated_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(size: str, region: str) -> float:
        assert (size, region) == ("Standard_DS1_v2", "koreacentral")
        raise DockerLabError("no answer")

    explorer = AzureVmForm(template.load(), {"sshPublicKey": KEY})
    monkeypatch.setattr(prices, "today", fails)
    explorer.ask.click()
    assert "no answer" in explorer._said.value
    assert explorer.hour.amount == pytest.approx(NOTES_HOUR)
    monkeypatch.setattr(prices, "today", lambda size, region: 0.5)
    explorer.ask.click()
    assert explorer.hour.amount == 0.5
    assert "today" in explorer.picture
