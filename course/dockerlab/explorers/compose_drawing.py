"""A compose project as a picture: its services in the order of their start, and when each did."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dockerlab.compose import Plan, Service
from dockerlab.explorers.replicas import Replica
from dockerlab.svg import picture

WIDTH = 980
BOX, LINE, HEAD, GAP, TOP = 226, 19, 66, 26, 44
LEFT, BAR, ROW = (
    120,
    560,
    24,
)  # of the bars: where they start, how long time may get, their distance
SIGNS = {"healthy": "✓", "starting": "…", "unhealthy": "✗", "exited": "✗", "running": "●"}
STYLE = """
text{font:13px system-ui,sans-serif;fill:#334155}
.name{font-size:15px;font-weight:700}
.note{font-size:12px;fill:#64748b}
.box{fill:#fff;stroke:#94a3b8;stroke-width:1.5}
.up .box{stroke:#15803d;stroke-width:3}
.part .box{stroke:#b45309;stroke-width:3;stroke-dasharray:9 3}
.down .box{stroke:#b91c1c;stroke-width:3;stroke-dasharray:3 3}
.none .box{stroke-dasharray:5 4}
.way{fill:none;stroke:#64748b;stroke-width:1.5;marker-end:url(#then)}
.made{fill:#fff;stroke:#64748b}.started{fill:#f5c07a;stroke:#b45309}.well{fill:#15803d}
"""


def svg(plan: Plan, replicas: Sequence[Replica], now: float) -> str:
    """Draw the services, their containers' health, and the times of their coming up.

    What differs by colour differs in words and in the line's shape, too.

    Args:
        plan: what the file asks for.
        replicas: what the daemon has of it.
        now: the present moment by the daemon's clock, where the bars end.
    """
    replicas = sorted(
        (r for r in replicas if r.service in plan.services),  # not of an earlier file's
        key=lambda r: (plan.depth(r.service), r.service, r.number),
    )
    places, bottom = _places(plan, replicas)
    boxes = "".join(
        _box(service, [r for r in replicas if r.service == name], *places[name])
        for name, service in plan.services.items()
    )
    ways = "".join(
        _way(places[other], places[name], condition)
        for name, service in plan.services.items()
        for other, condition in service.needs.items()
        if other in places
    )
    height = bottom + 46 + ROW * len(replicas) + (24 if replicas else 0)
    told = "; ".join(f"{r.service} {r.number}: {r.words}" for r in replicas) or "nothing is there"
    label = f"The services of {plan.project}. {told}."
    return picture(
        WIDTH,
        height,
        label,
        STYLE,
        '<text class="note" x="16" y="24">started from left to right; an arrow waits until what '
        f"stands on it is so</text>{ways}{boxes}{_times(replicas, now, bottom)}",
        tip="then",
    )


def _places(plan: Plan, replicas: Sequence[Replica]) -> tuple[dict[str, tuple[int, int, int]], int]:
    """Each service's left edge, top and height; and where the lowest ends."""
    columns: dict[int, list[str]] = {}
    for name in sorted(plan.services, key=lambda name: (bool(plan.services[name].profiles), name)):
        columns.setdefault(plan.depth(name), []).append(name)
    count = max(columns, default=0) + 1
    step = (WIDTH - 32 - BOX) // max(count - 1, 1)
    places, bottom = {}, TOP
    for depth, names in columns.items():
        y = TOP
        for name in names:
            own = sum(r.service == name for r in replicas)
            height = HEAD + LINE * max(own, 1)
            places[name] = 16 + min(step, BOX + 140) * depth, y, height
            y += height + GAP
        bottom = max(bottom, y - GAP)
    return places, bottom


def _box(service: Service, own: Sequence[Replica], x: int, y: int, height: int) -> str:
    words = {r.words for r in own}
    if not own:
        kind = "none"
    elif words <= {"running", "running, healthy"}:
        kind = "up"
    else:
        kind = (
            "down" if any(r.state == "exited" or r.health == "unhealthy" for r in own) else "part"
        )
    about = f"profile {', '.join(service.profiles)}" if service.profiles else ""
    volumes = f"volume {', '.join(service.volumes)}" if service.volumes else ""
    lines = [
        f"{_sign(r)} {r.number}: {r.words}" + "".join(f" :{port}" for port in r.ports) for r in own
    ] or ["only when asked for" if about else "not there"]
    texts = "".join(
        f'<text x="{x + 12}" y="{y + HEAD + LINE * at}">{escape(line)}</text>'
        for at, line in enumerate(lines)
    )
    return (
        f'<g class="{kind}"><rect class="box" x="{x}" y="{y}" width="{BOX}" height="{height}" '
        f'rx="9"/><text class="name" x="{x + 12}" y="{y + 23}">{escape(service.name)}'
        f'<tspan class="note" font-weight="400" dx="8">{escape(service.image)}</tspan></text>'
        f'<text class="note" x="{x + 12}" y="{y + 42}">'
        f"{escape(' · '.join(filter(None, (about, volumes))))}</text>{texts}</g>"
    )


def _sign(one: Replica) -> str:
    if one.state == "running":
        return SIGNS[one.health or "running"]
    return SIGNS.get(one.state, "○")


def _way(start: tuple[int, int, int], end: tuple[int, int, int], condition: str) -> str:
    x1, y1 = start[0] + BOX, start[1] + HEAD // 2
    x2, y2 = end[0] - 3, end[1] + HEAD // 2
    middle = (x1 + x2) // 2
    return (
        f'<path class="way" d="M {x1} {y1} C {middle} {y1} {middle} {y2} {x2} {y2}"/>'
        f'<text class="note" x="{middle}" y="{(y1 + y2) // 2 - 7}" text-anchor="middle">'
        f"{escape(condition)}</text>"
    )


def _times(replicas: Sequence[Replica], now: float, bottom: int) -> str:
    """A bar for each container: made, started, healthy."""
    if not replicas:
        return ""
    zero = min(r.created for r in replicas)
    ends = [r.healthy or r.started or r.created for r in replicas]
    end = max(max(ends) + 1, min(now, max(ends) + 5))  # what has been up for long needs no long bar
    scale = BAR / (end - zero)
    parts = [
        f'<text class="note" x="16" y="{bottom + 34}">seconds since the first was made: '
        "white: made, light: started, dark: healthy</text>"
    ]
    for at, one in enumerate(replicas):
        y = bottom + 46 + ROW * at
        steps = [("made", one.created), ("started", one.started), ("well", one.healthy)]
        moments = [(kind, moment) for kind, moment in steps if moment is not None]
        until = [moment for _, moment in moments[1:]] + [end]
        for (kind, moment), next_one in zip(moments, until, strict=True):
            width = max(next_one - moment, 0) * scale
            parts.append(
                f'<rect class="{kind}" x="{LEFT + (moment - zero) * scale:.1f}" y="{y}" '
                f'width="{width:.1f}" height="{ROW - 8}"/>'
            )
        words = one.words
        if one.healthy and one.state == "running":
            words = f"healthy after {one.healthy - zero:.1f} s"
        if one.started:
            words = f"started after {one.started - zero:.1f} s, {words}"
        parts.append(
            f'<text x="16" y="{y + 13}">{escape(one.service)} {one.number}</text>'
            f'<text x="{LEFT + BAR + 12}" y="{y + 13}">{escape(words)}</text>'
        )
    return "".join(parts)
