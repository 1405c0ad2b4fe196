"""What happens to a right result before it is looked at: it is stopped, removed, or answered wrong.

Each change is code around a solution: it notes what is on the daemon, lets the solution make its
own, and spoils what is new. Where nothing is, it says so, and the mutant does not count.

A restart is not among them: it keeps all that a task can ask for, and must cost nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

NOTHING = "mutation: there is nothing to change"

_LISTED = {
    "containers": "_c.api.containers(all=True)",
    "images": "[{'Id': t} for i in _c.api.images() for t in i['RepoTags'] or []]",
    "networks": "_c.api.networks()",
    "services": (
        "[{'Id': s['ID']} for s in _c.api.services()] "
        "if _c.info()['Swarm']['LocalNodeState'] == 'active' else []"
    ),
}
_RUNS = "_e['State'] == 'running' and 'com.docker.swarm.task' not in _e['Labels']"
_SPOILT = {
    "stop": ("containers", _RUNS, "_c.api.stop(_e['Id'], timeout=1)"),
    "remove-container": ("containers", "True", "_c.api.remove_container(_e['Id'], force=True)"),
    "remove-image": ("images", "True", "_c.api.remove_image(_e['Id'], force=True)"),
    "remove-network": (
        "networks",
        "True",
        "[_c.api.disconnect_container_from_network(i, _e['Id'], force=True) "
        "for i in _c.api.inspect_network(_e['Id'])['Containers']], _c.api.remove_network(_e['Id'])",
    ),
    "remove-service": ("services", "True", "_c.api.remove_service(_e['Id'])"),
}
_MAKES = {  # words of a solution that may make one
    "containers": r"containers\.(run|create)|\b(run|create|up|start)\b",
    "images": r"build|tag\b|commit|pull|load|import",
    "networks": r"network|compose|stack",
    "services": r"service|stack",
}
_ELSEWHERE = re.compile(r"^.*(?:\bexec\b|exec_run|service).*$", re.MULTILINE)
_BEFORE = """\
import docker as _docker
_c = _docker.from_env()
def _listed():
    return {listed}
_old = {{_e["Id"] for _e in _listed()}}
"""
_AFTER = """
_new = [_e for _e in _listed() if _e["Id"] not in _old and {wanted}]
for _e in _new:
    {spoil}
if not _new:
    print("{nothing}")
"""
_ANSWER = """
def _other(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1
    if isinstance(value, str):
        return value + "x"
    if isinstance(value, (list, tuple)):
        return [*value, "x"]
    if isinstance(value, (set, frozenset)):
        return {{*value, "x"}}
    if isinstance(value, dict):
        return {{**value, "x": "x"}}
    return "x"
{name} = _other({name})
"""


def spoilt(source: str) -> Iterator[tuple[str, str]]:
    """A solution whose result is spoilt afterwards: what is done, and the cell's new source.

    Args:
        source: a solution's.
    """
    for name, (kind, wanted, spoil) in _SPOILT.items():
        made = _ELSEWHERE.sub("", source) if kind == "containers" else source
        if source.startswith("%%") or not re.search(_MAKES[kind], made):
            continue
        before = _BEFORE.format(listed=_LISTED[kind])
        after = _AFTER.format(wanted=wanted, spoil=spoil, nothing=NOTHING)
        yield f"afterwards-{name}", f"{before}{source}\n{after}"


def wrong_answers(source: str, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """A solution whose answers are changed afterwards.

    Args:
        source: a solution's.
        names: of the variables that the tests ask for.
    """
    for name in names:
        yield f"answer-{name}", source + _ANSWER.format(name=name)
