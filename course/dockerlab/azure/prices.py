"""What a virtual machine costs a month. The figures are dated and age; the sums do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from dockerlab.errors import DockerLabError

MONTH = 730  # hours: 365 days of 24 hours, in twelve months
PRICE_LIST = "https://prices.azure.com/api/retail/prices"
ANSWER_TIMEOUT = 10  # seconds


@dataclass(frozen=True)
class Figure:
    """A price that somebody has read somewhere.

    Attributes:
        amount: in US dollars.
        unit: that it is for: "hour" or "month".
        where: the region.
        when: it was read.
    """

    amount: float
    unit: str
    where: str
    when: str

    def __str__(self) -> str:
        return (
            f"${self.amount:.4f} an {self.unit}"
            if self.unit == "hour"
            else (f"${self.amount:.2f} a {self.unit}")
        )


NOTES = Figure(60.23, "month", "Korea Central", "when the notes were written")
"""The portal's figure for Standard_DS1_v2, for all hours of a month."""

SIZES = {  # Linux, pay as you go
    "Standard_DS1_v2 (the notes)": Figure(NOTES.amount / MONTH, "hour", NOTES.where, NOTES.when),
    "Standard_DS1_v2": Figure(0.073, "hour", "East US", "2024"),
    "Standard_B1s": Figure(0.0104, "hour", "East US", "2024"),
    "Standard_D2s_v5": Figure(0.096, "hour", "East US", "2024"),
}
DISKS = {  # of 32 GiB, the smallest tier that holds an operating system of 30 GB
    "Standard_LRS": Figure(1.54, "month", "East US", "2024"),
    "StandardSSD_LRS": Figure(2.40, "month", "East US", "2024"),
    "Premium_LRS": Figure(5.28, "month", "East US", "2024"),
}
ADDRESS = Figure(0.005, "hour", "all regions", "2024")
"""A static public IPv4 address, whether or not anything answers at it."""


@dataclass(frozen=True)
class Bill:
    """A month's costs, in US dollars.

    Attributes:
        machine: while it is allocated: running, or shut down from inside.
        disk: as long as it exists.
        address: likewise.
    """

    machine: float
    disk: float
    address: float

    @property
    def total(self) -> float:
        """All of it."""
        return self.machine + self.disk + self.address


def bill(hour: float, *, hours: float, disk: str, address: bool = True) -> Bill:
    """Add up a month.

    Args:
        hour: what the machine costs an hour, in US dollars.
        hours: that it is allocated in the month, at most 730.
        disk: its type, as the template has it.
        address: whether it has a public one.

    Raises:
        ValueError: there are not that many hours in a month, or no disk of this type.
    """
    if not 0 <= hours <= MONTH:
        raise ValueError(f"A month has {MONTH} hours, not {hours:g}.")
    if disk not in DISKS:
        raise ValueError(f"There is no figure for a disk of the type {disk!r}.")
    return Bill(hour * hours, DISKS[disk].amount, ADDRESS.amount * MONTH if address else 0.0)


def today(size: str, region: str, address: str = PRICE_LIST) -> float:
    """Ask Azure's open price list what a size costs an hour today, for Linux. No account needed.

    Args:
        size: such as "Standard_DS1_v2".
        region: such as "koreacentral".
        address: of the list.

    Returns:
        US dollars.

    Raises:
        DockerLabError: the list cannot be reached, or has no such price.
    """
    wanted = f"armSkuName eq '{size}' and armRegionName eq '{region}' and type eq 'Consumption'"
    try:
        answer = requests.get(
            address,
            params={"$filter": f"serviceName eq 'Virtual Machines' and {wanted}"},
            timeout=ANSWER_TIMEOUT,
        )
        answer.raise_for_status()
        amounts = [
            float(item["retailPrice"])
            for item in answer.json()["Items"]
            if item["unitOfMeasure"] == "1 Hour" and not _is_another(item)
        ]
    except (requests.RequestException, ValueError, KeyError, TypeError) as error:
        raise DockerLabError(f"Azure's price list does not answer ({type(error).__name__}).") from (
            error
        )
    if not amounts:
        raise DockerLabError(f"Azure's price list has no {size} in {region}.")
    return max(amounts)


def _is_another(item: Mapping[str, Any]) -> bool:
    """Whether a price is Windows's, or that of a machine which may be taken away."""
    words = f"{item['productName']} {item['meterName']}"
    return any(word in words for word in ("Windows", "Spot", "Low Priority"))
