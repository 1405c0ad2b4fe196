"""BuildKit's cache on an engine: what is in it, and taking single records out again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import docker

ROUNDS = 20  # a record goes only after those that stand on it


@dataclass(frozen=True)
class Record:
    """One record of the cache.

    Attributes:
        id: its own.
        description: what made it ("[2/3] COPY page.html /page.html").
        size: in bytes.
        used: when it was last used, or made, in the daemon's own form.
    """

    id: str
    description: str
    size: int
    used: str


def records(client: docker.DockerClient) -> list[Record]:
    """What the cache holds now.

    Args:
        client: of the engine.

    Raises:
        docker.errors.APIError: the daemon has trouble.
    """
    api: Any = client.api
    # Not by `api.df()`: it has the daemon add up the size of each volume as well.
    answer = api._get(api._url("/system/df"), params={"type": "build-cache"})
    told: list[dict[str, Any]] = api._result(answer, json=True).get("BuildCache") or []
    return [
        Record(
            each["ID"],
            each.get("Description") or "",
            max(each.get("Size") or 0, 0),
            each.get("LastUsedAt") or each["CreatedAt"],
        )
        for each in told
    ]


def forget(client: docker.DockerClient, ids: Iterable[str]) -> list[str]:
    """Remove these records, and no other.

    Args:
        client: of the engine.
        ids: of the records; one that is gone already is nothing to worry about.

    Returns:
        The ids that are gone now. What somebody else's later record stands on, stays.

    Raises:
        docker.errors.APIError: the daemon has trouble.
    """
    api: Any = client.api  # whose published types do not know this filter
    wanted = set(ids)
    left = wanted & {record.id for record in records(client)}
    for _ in range(ROUNDS):
        if not left:
            break
        removed: set[str] = set()
        for each in sorted(left):  # the filter takes one id at a time
            # "all": also what is shared with an image, whose layer stays as it is.
            told = api.prune_builds(filters={"id": each}, all=True)
            removed.update(told["CachesDeleted"] or [])
        left -= removed
        if not removed:
            break
    return sorted(wanted - left)
