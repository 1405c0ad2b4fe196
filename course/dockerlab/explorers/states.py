"""The states of a container, and what leads from one to another. No widgets here."""

from __future__ import annotations

from enum import StrEnum

import docker


class State(StrEnum):
    """Where a container can be; REMOVED also before it is created."""

    REMOVED = "removed"
    CREATED = "created"
    RUNNING = "running"
    PAUSED = "paused"
    EXITED = "exited"


class Action(StrEnum):
    """What one can ask the daemon for, by the name of the docker command."""

    CREATE = "create"
    START = "start"
    PAUSE = "pause"
    UNPAUSE = "unpause"
    STOP = "stop"
    KILL = "kill"
    RESTART = "restart"
    REMOVE = "rm"


LEADS_TO: dict[State, dict[Action, State]] = {
    State.REMOVED: {Action.CREATE: State.CREATED},
    State.CREATED: {
        Action.START: State.RUNNING,
        Action.RESTART: State.RUNNING,
        Action.REMOVE: State.REMOVED,
    },
    State.RUNNING: {
        Action.PAUSE: State.PAUSED,
        Action.STOP: State.EXITED,
        Action.KILL: State.EXITED,
        Action.RESTART: State.RUNNING,
    },
    State.PAUSED: {
        Action.UNPAUSE: State.RUNNING,
        Action.STOP: State.EXITED,
        Action.KILL: State.EXITED,
        Action.RESTART: State.RUNNING,
    },
    State.EXITED: {
        Action.START: State.RUNNING,
        Action.RESTART: State.RUNNING,
        Action.REMOVE: State.REMOVED,
    },
}
"""In each state, the actions that change something, and where they lead.

All else the daemon refuses (a running container is not removed without force), or it has nothing
to do (a running container is not started).
"""


def allowed(state: State | None) -> frozenset[Action]:
    """The actions that change something now; none in a state between two others.

    Args:
        state: as `observe` tells it.
    """
    return frozenset(LEADS_TO[state]) if state else frozenset()


def observe(client: docker.DockerClient, name: str) -> tuple[State | None, int | None]:
    """Ask the daemon for a container's state.

    Args:
        client: of the engine.
        name: the container's.

    Returns:
        The state, None in a rare one that is on the way to another ("restarting", "removing",
        "dead"); and the exit code, where the container has exited.

    Raises:
        docker.errors.APIError: the daemon has trouble.
    """
    try:
        told = client.api.inspect_container(name)["State"]
    except docker.errors.NotFound:
        return State.REMOVED, None
    if told["Status"] not in list(State):
        return None, None
    state = State(told["Status"])
    return state, told["ExitCode"] if state is State.EXITED else None
