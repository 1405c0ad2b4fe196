"""Interfaces, what is plugged in where, and the picture of it; no daemon needed."""

from __future__ import annotations

import itertools
import json
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from dockerlab.explorers.topology_details import details
from dockerlab.explorers.topology_drawing import describe, svg
from dockerlab.explorers.topology_layout import MOST, WIDTH, Spot, lay_out
from dockerlab.host_network import Interface, other_end, parse_interfaces
from dockerlab.topology import Box, Network, Plug, Topology, collect, plug_in

LABEL = "dockerlab.lesson=test"
MINE = {"dockerlab.lesson": "test"}

# As iproute2 6.15 writes them, but for keys that nobody reads.
MACHINE = [
    {"ifindex": 1, "ifname": "lo", "addr_info": [], "linkinfo": {}},
    {},
    {
        "ifindex": 2,
        "ifname": "eth0",
        "address": "02:00:00:00:00:02",
        "addr_info": [
            {"family": "inet", "local": "192.0.2.7", "prefixlen": 24},
            {"family": "inet6", "local": "fe80::1", "prefixlen": 64},
        ],
    },
    {"ifindex": 3, "ifname": "br-n1", "linkinfo": {"info_kind": "bridge"}},
    {
        "ifindex": 9,
        "link_index": 8,
        "ifname": "veth1a2b3c4",
        "master": "br-n1",
        "linkinfo": {"info_kind": "veth"},
    },
    {
        "ifindex": 12,
        "link": "eth0",
        "ifname": "eth0.7",
        "linkinfo": {"info_kind": "vlan"},
    },
]
INSIDE = [
    {"ifindex": 1, "ifname": "lo"},
    {
        "ifindex": 8,
        "link_index": 9,
        "ifname": "eth0",
        "address": "02:42:00:00:00:02",
        "linkinfo": {"info_kind": "veth"},
    },
]


def interfaces(told: list[dict]) -> list[Interface]:
    return parse_interfaces(json.dumps(told))


def test_interfaces_are_read_from_ip() -> None:
    found = {each.name: each for each in interfaces(MACHINE)}
    assert list(found) == ["lo", "eth0", "br-n1", "veth1a2b3c4", "eth0.7"]
    assert found["eth0"].addresses == ("192.0.2.7/24",)
    assert found["veth1a2b3c4"] == Interface(9, "veth1a2b3c4", "veth", 8, "br-n1")
    assert found["eth0.7"].peer == 2  # told by name where both are in one network
    with pytest.raises(ValueError, match="Expecting value"):
        parse_interfaces('Object "address" is unknown')


def test_two_ends_must_name_each_other() -> None:
    inside, machine = interfaces(INSIDE)[1], interfaces(MACHINE)
    found = other_end(inside, machine)
    assert found
    assert found.name == "veth1a2b3c4"
    stranger = Interface(9, "veth9", "veth", peer=77)  # same number, in another machine's network
    hardware = Interface(9, "eth9", "", peer=8)
    assert other_end(inside, [stranger, hardware]) is None


def test_an_interface_is_found_by_its_hardware_address() -> None:
    box = Box("id", "web", "running", 7, (Plug("n1", "10.0.0.2", "02:42:00:00:00:02"), Plug("n2")))
    first, second = plug_in(box, interfaces(INSIDE), interfaces(MACHINE)).plugs
    assert first.inside
    assert first.port
    assert (first.inside.name, first.port.name) == ("eth0", "veth1a2b3c4")
    assert (second.inside, second.port) == (None, None)


def told_of_box(name: str, joined: dict, labels: dict | None = None, ports: dict | None = None):
    return {
        "Id": f"id-{name}",
        "Name": f"/{name}",
        "State": {"Status": "running", "Pid": 7},
        "Config": {"Labels": labels},
        "NetworkSettings": {"Networks": joined, "Ports": ports},
    }


@pytest.fixture
def topology() -> Topology:
    """An engine with networks and containers of the lesson's and of others."""
    boxes = {
        "id-web": told_of_box(
            "web",
            {
                "lan": {
                    "NetworkID": "n1",
                    "IPAddress": "10.0.0.2",
                    "MacAddress": "02:42:00:00:00:02",
                }
            },
            MINE,
            {"80/tcp": [{"HostIp": "", "HostPort": "8080"}] * 2, "81/tcp": None},
        ),
        "id-other": told_of_box("other", {"else": {"NetworkID": "", "IPAddress": ""}}),
    }

    def network(id_: str, name: str, driver: str, labels: dict | None = None, **more: object):
        return {"Id": id_, "Name": name, "Driver": driver, "Labels": labels, **more}

    networks = [
        network("n2", "else", "bridge", IPAM={"Config": None}, Options=None, Internal=True),
        network(
            "n1",
            "lan",
            "bridge",
            MINE,
            IPAM={
                "Config": [
                    {"Subnet": "fd00::/64"},
                    {"Subnet": "10.0.0.0/24", "Gateway": "10.0.0.1"},
                ]
            },
            Options={"com.docker.network.bridge.name": "br-n1"},
        ),
        network("n3", "mv", "macvlan", IPAM={"Config": []}, Options={"parent": "eth0"}),
    ]

    api = SimpleNamespace(
        networks=lambda: networks,
        containers=lambda *, all: [{"Id": id_} for id_ in boxes],
        inspect_container=boxes.__getitem__,
    )
    host = SimpleNamespace(
        interfaces=lambda processes: {0: interfaces(MACHINE), 7: interfaces(INSIDE)},
        nat_rules=lambda: [
            "-A DOCKER -p tcp --dport 8080 -j DNAT --to-destination 10.0.0.2:80",
            "-A DOCKER -p tcp --dport 8081 -j DNAT --to-destination 10.0.0.22:80",
            "-A POSTROUTING -s 10.0.0.0/24 ! -o br-n1 -j MASQUERADE",
        ],
    )
    return collect(SimpleNamespace(api=api), LABEL, host)  # type: ignore[arg-type]


def test_all_is_collected(topology: Topology) -> None:
    assert [network.name for network in topology.networks] == ["lan", "else", "mv"]
    assert topology.network("lan") == Network(
        "n1", "lan", "bridge", "br-n1", "10.0.0.0/24", "10.0.0.1", ours=True
    )
    assert topology.network("else").internal
    web, other = topology.box("web"), topology.box("other")
    assert web.published == (("8080", "80/tcp"),)
    assert web.plugs[0].port
    assert other.plugs[0].network == "n2"  # by its name alone, as it has never run
    assert [door.name for door in topology.doors()] == ["eth0"]
    mine = topology.ours()
    assert [box.name for box in mine.boxes] == ["web"]
    assert [network.name for network in mine.networks] == ["lan"]


def test_without_a_look_at_the_machine_the_daemons_word_is_left() -> None:
    api = SimpleNamespace(networks=list, containers=lambda *, all: [])
    empty = collect(SimpleNamespace(api=api), LABEL)  # type: ignore[arg-type]
    assert empty == Topology()
    assert "cannot be seen here" in svg(empty)
    assert describe(empty) == "0 networks and 0 containers."


def test_the_details_tell_both_ends_and_only_its_own_rules(topology: Topology) -> None:
    heading, rows = details(topology, ("container", "id-web"))
    told = "\n".join(f"{title}: {text}" for title, text in rows)
    assert heading == "container web"
    assert "inside eth0 (#8, whose peer is #9); outside veth1a2b3c4 (#9, whose peer is #8)" in told
    assert "--to-destination 10.0.0.2:80" in told
    assert "10.0.0.22" not in told
    heading, rows = details(topology, ("network", "n1"))
    assert ("stands on", "br-n1 (#3)") in rows
    assert "MASQUERADE" in dict(rows)["NAT rule"]
    assert details(topology, ("interface", "eth0"))[1][-2] == ("parent of", "mv")
    assert details(topology, ("container", "gone")) == ("", [])


def test_the_picture_shows_each_interface(topology: Topology) -> None:
    picture = svg(topology, ("network", "n1"))
    ElementTree.fromstring(picture)  # noqa: S314 - our own text
    for words in ("veth1a2b3c4 #9", "eth0 #8 10.0.0.2", "80/tcp ◂ 8080", "closed", "direct"):
        assert words in picture
    assert picture.count('class="wire') == 2
    assert picture.count("#e0f2fe") == 1
    assert "web, running: lan as 10.0.0.2; port 8080 leads to its 80/tcp." in describe(topology)


@pytest.mark.parametrize("count", [0, 1, MOST, MOST + 1, 200])
def test_many_are_counted_and_none_overlap(count: int) -> None:
    networks = [
        Network(f"n{n}", f"<{n}> & a very long name indeed", "bridge") for n in range(count)
    ]
    boxes = [
        Box(
            f"b{n}",
            f"b{n}",
            "running",
            n,
            (Plug("n0", "10.0.0.9", port=Interface(n, f"veth{n}")), Plug(f"n{n}")),
            (("8080", "80/tcp"), ("8081", "81/tcp"), ("8082", "82/tcp")),
        )
        for n in range(count)
    ]
    topology = Topology(tuple(networks), tuple(boxes))
    layout = lay_out(topology)
    assert len(layout.spots) == 2 * min(count, MOST)
    for kind in ("network", "container"):
        column = [spot for key, spot in layout.spots.items() if key[0] == kind]
        assert all(a.y + a.height < b.y for a, b in itertools.pairwise(column))
    ports = sorted(layout.ports.values(), key=lambda spot: spot.y)
    assert all(a.y + a.height < b.y for a, b in itertools.pairwise(ports))
    assert all(_within(spot, layout.height) for spot in (*layout.spots.values(), *ports))
    picture = svg(topology)
    ElementTree.fromstring(picture)  # noqa: S314 - our own text
    assert picture.count(f"… and {count - MOST} more") == (2 if count > MOST else 0)


def _within(spot: Spot, height: int) -> bool:
    return spot.x >= 0 <= spot.y and spot.x + spot.width <= WIDTH and spot.y + spot.height <= height
