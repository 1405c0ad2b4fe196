"""Asks for a kernel that is a command, and for another language."""

from bank import write


def make(folder, notebook):
    notebook["metadata"] = {
        "kernelspec": {"name": "bash -c reboot", "display_name": "mine", "language": "bash"},
        "language_info": {"name": "bash"},
    }
    write(folder, notebook)
