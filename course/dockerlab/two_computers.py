"""Two computers, one network: an overlay over two engines made for it, on one cable."""

from __future__ import annotations

import contextlib
import json
import re
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import docker

from dockerlab.commands import run
from dockerlab.engine import EmbeddedEngine
from dockerlab.engine.packages import ensure_system
from dockerlab.outage import end, private_engine
from dockerlab.wait import wait_for

IMAGE = "busybox:latest"
NETWORK, SERVER, VISITOR = "wide", "server", "visitor"
WORDS = "hello from the first computer"
SERVE = f"mkdir /www; echo {WORDS} >/www/index.html; exec httpd -f -p 80 -h /www"
ADDRESSES = ("192.168.213.1", "192.168.213.2")  # of the two ends of the cable
TIMEOUT = 60  # seconds that a daemon may take to answer
COMMAND = 20  # seconds that a command may take
GOSSIP = 20  # seconds until both engines know of a container


@dataclass(frozen=True)
class Seen:
    """What was seen of an overlay network.

    Attributes:
        states: of the swarm's nodes.
        addresses: of the server and of the visitor, on the overlay.
        found: the address that the visitor's engine has for the server's name.
        page: what the visitor got from it.
        without: what became of the same request once the cable was cut.
        vxlan: the tunnel's number, by the daemon's word, and by both kernels'.
        port: the UDP port of the tunnel.
        mtu: bytes that fit into a packet, on the cable and on the overlay.
    """

    states: tuple[str, ...]
    addresses: tuple[str, str]
    found: str
    page: str
    without: str
    vxlan: tuple[int, int, int]
    port: int
    mtu: tuple[int, int]


def try_overlay(image: bytes, *, say: Callable[[str], None] = lambda line: None) -> Seen:
    """Join two private engines to a swarm, and let a container on one ask one on the other.

    Each engine lives in a folder and a network of its own, as on a computer of its own; a veth
    pair is the cable between them. All that is gone when this returns; no other engine is touched.

    Args:
        image: the image busybox, saved.
        say: told what is being done, a line each.

    Raises:
        EngineStartError: the engines cannot be started here.
        CommandFailed: the cable cannot be laid.
        docker.errors.APIError: a daemon refuses something.
        WaitTimeout: the engines do not come to know of each other.
    """
    ensure_system({"ip": "iproute2"}, say)
    with contextlib.ExitStack() as stack:
        engines = [stack.enter_context(_engine()) for _ in ADDRESSES]
        say("two engines are up, each in a network of its own")
        _lay_cable(engines)
        say("a cable connects them")
        clients = [stack.enter_context(_client(engine, image)) for engine in engines]
        network = _swarm(clients)
        say("they are a swarm, with an overlay network")
        server: Any = clients[0].containers.run(
            IMAGE, ["sh", "-c", SERVE], name=SERVER, network=NETWORK, detach=True
        )
        visitor: Any = clients[1].containers.run(
            IMAGE, ["sleep", "600"], name=VISITOR, network=NETWORK, detach=True
        )
        say("a container runs on each")
        addresses = _address(server), _address(visitor)

        def lookup() -> str:
            told = visitor.exec_run(["nslookup", SERVER]).output.decode(errors="replace")
            answers = told.partition(f"{SERVER}\n")[2]
            found = re.search(r"Address(?: 1)?: ([\d.]+)", answers)
            return found[1] if found else ""

        found = wait_for(lookup, timeout=GOSSIP, what="the server's name to be known")
        fetch = ["timeout", "5", "wget", "-qO-", f"http://{found}/"]
        page = wait_for(
            lambda: visitor.exec_run(fetch).output.decode(errors="replace").strip(),
            timeout=GOSSIP,
            what="the page",
        )
        tunnels = [_tunnel(engine, str(network.id)) for engine in engines]
        mtu = visitor.exec_run(["cat", "/sys/class/net/eth0/mtu"]).output.decode()
        states = tuple(sorted(node.attrs["Status"]["State"] for node in clients[0].nodes.list()))
        cable = json.loads(_on(engines[0], "ip", "-json", "link", "show", "cable-0"))[0]
        _on(engines[0], "ip", "link", "set", "cable-0", "down")
        say("the cable is cut")
        cut = visitor.exec_run(["timeout", "2", *fetch[2:]])
        network.reload()
        told = int(network.attrs["Options"]["com.docker.network.driver.overlay.vxlanid_list"])
        return Seen(
            states=states,
            addresses=addresses,
            found=found,
            page=page,
            without=cut.output.decode(errors="replace").strip() or "no answer",
            vxlan=(told, tunnels[0][0], tunnels[1][0]),
            port=tunnels[0][1],
            mtu=(cable["mtu"], int(mtu)),
        )


def _lay_cable(engines: Sequence[EmbeddedEngine]) -> None:
    first, second = (str(engine.pid()) for engine in engines)
    ends = ["cable-0", "netns", first, "type", "veth", "peer", "name", "cable-1", "netns", second]
    run(["ip", "link", "add", *ends], timeout=COMMAND)
    for number, (engine, address) in enumerate(zip(engines, ADDRESSES, strict=True)):
        _on(engine, "ip", "address", "add", f"{address}/24", "dev", f"cable-{number}")
        _on(engine, "ip", "link", "set", f"cable-{number}", "up")


@contextlib.contextmanager
def _engine() -> Iterator[EmbeddedEngine]:
    """A private engine that is killed in the end: without its swarm it would take long to go."""
    with private_engine() as engine:
        try:
            yield engine
        finally:
            end(engine, signal.SIGKILL)


@contextlib.contextmanager
def _client(engine: EmbeddedEngine, image: bytes) -> Iterator[docker.DockerClient]:
    """A client of an engine that has got the image."""
    with contextlib.closing(engine.endpoint.client(timeout=TIMEOUT)) as client:
        client.images.load(image)
        yield client


def _swarm(clients: Sequence[docker.DockerClient]) -> Any:
    """Join the engines to a swarm, and make the overlay network."""
    manager, worker = clients
    first, second = ADDRESSES
    manager.swarm.init(advertise_addr=first, listen_addr=f"{first}:2377")
    worker.swarm.join(
        remote_addrs=[f"{first}:2377"],
        join_token=manager.swarm.attrs["JoinTokens"]["Worker"],
        advertise_addr=second,
        listen_addr=f"{second}:2377",
    )
    return manager.networks.create(NETWORK, driver="overlay", attachable=True)


def _address(box: Any) -> str:
    box.reload()
    return str(box.attrs["NetworkSettings"]["Networks"][NETWORK]["IPAddress"])


def _tunnel(engine: EmbeddedEngine, network: str) -> tuple[int, int]:
    """The number and UDP port of a network's tunnel, by the kernel's word.

    Its interface stands in a network namespace of the daemon's own, which the daemon mounts.
    """
    namespace = engine.run_folder / f"exec/netns/1-{network[:10]}"
    look = ["nsenter", f"--net={namespace}", "ip", "-details", "link", "show", "type", "vxlan"]
    found = re.search(r"vxlan id (\d+) .*?dstport (\d+)", _on(engine, *look))
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _on(engine: EmbeddedEngine, *command: str) -> str:
    """Run a command in an engine's network."""
    return run(["nsenter", "--target", str(engine.pid()), "--net", *command], timeout=COMMAND)
