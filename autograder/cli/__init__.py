"""The `autograder` command. Its subcommands are imported when they are called: it starts fast."""

from __future__ import annotations

import importlib
import sys

import click

from dockerlab.errors import DockerLabError

COMMANDS = {
    "bank": "autograder.cli.bank:bank_",
    "class": "autograder.cli.class_:class_",
    "collect": "autograder.cli.collect:collect",
    "doctor": "autograder.cli.doctor:doctor",
    "engine": "autograder.cli.engine:engine",
    "export": "autograder.cli.export:export",
    "grade": "autograder.cli.grade:grade",
    "images": "autograder.cli.images:images",
    "lab": "autograder.cli.lab:lab",
    "lessons": "autograder.cli.lessons:lessons",
    "report": "autograder.cli.report:report",
    "submit": "autograder.cli.collect:submit",
}


class _LazyGroup(click.Group):
    """A group that imports a subcommand's module when it is wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="docker-live")
def cli() -> None:
    """Docker, Live: the course's engine, images, preflight and grading."""


def main() -> None:
    """Run the command; every error of ours ends in a sentence and status 1, never a traceback."""
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except DockerLabError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)
    except (KeyboardInterrupt, click.Abort):
        click.echo("\nStopped. The same command goes on where this one ended.", err=True)
        sys.exit(130)
