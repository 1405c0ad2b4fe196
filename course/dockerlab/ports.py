"""Who listens on a TCP port of this machine?"""

from __future__ import annotations

import socket

import psutil


def holder(port: int) -> str | None:
    """The program that listens on a TCP port of this machine; None where the port is free.

    Args:
        port: its number.

    Returns:
        The program's name and process id, or "another program" where the system does not tell.
    """
    try:
        for connection in psutil.net_connections("tcp"):
            address = connection.laddr
            if connection.status == psutil.CONN_LISTEN and address and address.port == port:
                return _program(connection.pid)
    except psutil.AccessDenied:  # macOS tells root alone; whether it is free can still be tried
        pass
    with socket.socket() as probe:
        probe.settimeout(1)
        return "another program" if probe.connect_ex(("127.0.0.1", port)) == 0 else None


def _program(pid: int | None) -> str:
    try:
        return f"{psutil.Process(pid).name()} (process {pid})" if pid else "another program"
    except psutil.Error:
        return f"process {pid}"
