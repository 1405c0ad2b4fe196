"""See attack.ipy."""

import os

from bank import write


def make(folder, notebook):
    (folder / "secret").symlink_to(os.environ["HOSTILE_SECRET_FILE"])
    (folder / "passwords").symlink_to("/etc/shadow")
    (folder / "everything").symlink_to("/")
    (folder / "neighbour").symlink_to("../../ann")
    (folder / "endless").symlink_to("/dev/zero")
    (folder / "itself").symlink_to("itself")
    (folder / "gone").symlink_to("nowhere")
    (folder / "inner").mkdir()
    (folder / "inner/gradebook").symlink_to("../../../../gradebook.db")
    write(folder, notebook)
