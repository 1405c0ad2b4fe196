"""The explorer of lesson 05: what survives is what the engine shows, not what a table says."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import docker
import pytest

from dockerlab import peek
from dockerlab.explorers import State, WhereBytesAre
from dockerlab.explorers.places import FILE, PATHS, PIECE, Place
from dockerlab.lesson import Lesson

ALL = set(Place)


@pytest.fixture
def explorer(lesson: Lesson, tmp_path: Path) -> WhereBytesAre:
    return WhereBytesAre(lesson, tmp_path, name=lesson.names[0])


def full(explorer: WhereBytesAre) -> set[Place]:
    """The places that have the file, of at least one piece."""
    return {place for place, found in explorer.found.items() if (found.size or 0) >= PIECE}


def there(explorer: WhereBytesAre) -> set[Place]:
    return {place for place, found in explorer.found.items() if found.is_there}


def write_everywhere(explorer: WhereBytesAre) -> None:
    explorer.buttons["run"].click()
    for button in explorer.writers.values():
        button.click()


def test_before_anything_is_made_there_is_only_the_folder(explorer: WhereBytesAre) -> None:
    assert there(explorer) == {Place.BIND}
    assert full(explorer) == set()
    assert [name for name, b in explorer.buttons.items() if not b.disabled] == ["run"]


def test_each_button_writes_into_its_place_alone(explorer: WhereBytesAre) -> None:
    explorer.buttons["run"].click()
    written: set[Place] = set()
    for place, button in explorer.writers.items():
        button.click()
        written.add(place)
        assert full(explorer) == written
    explorer.writers[Place.VOLUME].click()
    assert {p: f.size for p, f in explorer.found.items()} == {
        Place.VOLUME: 2 * PIECE,
        Place.BIND: PIECE,
        Place.TMPFS: PIECE,
        Place.LAYER: PIECE,
    }


def test_what_survives_a_stop_and_a_removal(explorer: WhereBytesAre) -> None:
    write_everywhere(explorer)
    assert full(explorer) == ALL
    explorer.buttons["stop"].click()
    assert there(explorer) == full(explorer) == ALL - {Place.TMPFS}
    explorer.buttons["start"].click()
    assert full(explorer) == ALL - {Place.TMPFS}
    assert there(explorer) == ALL
    explorer.buttons["rm -f"].click()
    assert there(explorer) == full(explorer) == {Place.VOLUME, Place.BIND}
    explorer.buttons["run"].click()
    assert there(explorer) == ALL
    assert full(explorer) == {Place.VOLUME, Place.BIND}


def test_the_volume_is_kept_while_a_container_has_it(explorer: WhereBytesAre) -> None:
    write_everywhere(explorer)
    explorer.buttons["volume rm"].click()
    assert "in use" in explorer._said.value
    assert Place.VOLUME in full(explorer)
    explorer.buttons["rm -f"].click()
    explorer.buttons["volume rm"].click()
    assert there(explorer) == {Place.BIND}


def test_it_looks_and_does_not_remember(
    explorer: WhereBytesAre, client: docker.DockerClient, tmp_path: Path
) -> None:
    """What happens behind its back shows at the next look."""
    write_everywhere(explorer)
    (tmp_path / FILE).unlink()
    client.containers.get(explorer.model.name).exec_run(
        ["rm", *(f"{path}/{FILE}" for path in PATHS.values())]
    )
    explorer.refresh()
    assert full(explorer) == set()
    client.containers.get(explorer.model.name).remove(force=True)
    client.volumes.get(explorer.model.name).remove()
    explorer.refresh()
    assert there(explorer) == {Place.BIND}


def test_the_folders_that_it_names_hold_the_bytes(
    explorer: WhereBytesAre, client: docker.DockerClient
) -> None:
    write_everywhere(explorer)
    for place, below in (
        (Place.VOLUME, FILE),
        (Place.BIND, FILE),
        (Place.LAYER, f"{PATHS[Place.LAYER].strip('/')}/{FILE}"),
    ):
        folder = peek.folder(explorer.found[place].where)
        files = peek.peek(client, folder, "busybox", path=below)
        assert files, place
        assert files[""].size == PIECE
    assert explorer.found[Place.TMPFS].where == ""


def test_the_tour_ends_with_a_new_container_and_a_picture_of_what_was_lost(
    explorer: WhereBytesAre,
) -> None:
    for _ in range(2):  # the cell may be run again
        explorer.tour()
        assert explorer.model.state is State.RUNNING
        assert explorer._said.value == ""
        assert full(explorer) == {Place.VOLUME, Place.BIND}
    picture = str(explorer._repr_mimebundle_()["image/svg+xml"])
    label = ElementTree.fromstring(picture).attrib["aria-label"]  # noqa: S314  our own drawing
    assert "tmpfs: ✗ lost" in label
    assert "write layer: ✗ lost" in label
    assert "named volume: ✓ 128 KiB" in label


def test_without_a_folder_that_the_daemon_sees_there_are_three_places(lesson: Lesson) -> None:
    explorer = WhereBytesAre(lesson, None, name=lesson.names[0])
    explorer.tour()
    assert set(explorer.found) == set(explorer.writers) == ALL - {Place.BIND}
    assert full(explorer) == {Place.VOLUME}
