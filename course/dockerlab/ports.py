"""Who listens on this machine's TCP ports?"""

from __future__ import annotations

import socket

import psutil


def holders(port: int) -> list[str]:
    """The programs that listen on a TCP port of this machine, sorted; none where it is free.

    It is what `lsof -i tcp:PORT` looks up. With Docker Desktop, Docker's own helper program holds
    the ports that containers publish.

    Args:
        port: the TCP port.

    Returns:
        Their names, or "another program" where the system does not tell.
    """
    try:
        sockets = psutil.net_connections("tcp")
    except psutil.AccessDenied:  # macOS tells root alone; whether it is free can still be tried
        with socket.socket() as probe:
            probe.settimeout(1)
            taken = probe.connect_ex(("127.0.0.1", port)) == 0
        return ["another program"] if taken else []
    pids = {
        s.pid
        for s in sockets
        if s.status == psutil.CONN_LISTEN and s.laddr and s.laddr.port == port
    }
    return sorted({_program(pid) for pid in pids})


def _program(pid: int | None) -> str:
    try:
        return psutil.Process(pid).name() if pid else "another program"
    except psutil.Error:
        return f"process {pid}"
