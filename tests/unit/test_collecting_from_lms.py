"""Downloads of Canvas and Moodle become submissions; what is made to do harm does none."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.grading.errors import CannotGrade
from autograder.grading.handing_in import archive, filing, lms, sending
from autograder.grading.handing_in.filing import Assignment
from autograder.grading.handing_in.lms import Person

DUE = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
SMALL = Assignment("small", frozenset({"one"}), {"one": frozenset({"a", "b", "c"})}, DUE)
PEOPLE = [
    Person("jd1", ("Jane", "Doe"), "1234"),
    Person("zoe", ("Zoë", "van der Berg"), "99"),
    Person("twin1", ("Sam", "Lee")),
    Person("twin2", ("Sam", "Lee")),
]


def notebook(answer: str = "1") -> bytes:
    cells = [
        new_code_cell(answer, id=name, metadata={"nbgrader": {"grade_id": name}}) for name in "abc"
    ]
    return json.dumps(new_notebook(cells=cells)).encode()


def packed(files: dict[str, bytes], when: tuple[int, ...] = (2026, 1, 2, 10, 0, 0)) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, when) if isinstance(name, str) else name
            zipped.writestr(info, content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


@pytest.fixture(autouse=True)
def in_utc(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    __import__("time").tzset()


@pytest.fixture
def collect(tmp_path):
    def collect(source, **options):
        if isinstance(source, bytes):
            (tmp_path / "download.zip").write_bytes(source)
            source = tmp_path / "download.zip"
        return filing.collect(source, tmp_path / "submitted", SMALL, PEOPLE, **options)

    return collect


def there(root: Path, student: str) -> dict[str, bytes]:
    folder = root / "submitted" / student / "small"
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize(
    "name",
    [
        "doejane_1234_56789_one.ipynb",
        "doejane_1234_56789_one-3.ipynb",
        "doejane_1234_56789_one (1).ipynb",
        "doejane_1234_56789_my work.ipynb",
        "submissions/doejane_1234_56789_one.ipynb",
        "Jane Doe_7777_assignsubmission_file_/one.ipynb",
        "Jane Doe_7777_assignsubmission_file/one.ipynb",
        "Jane Doe_7777_assignsubmission_file_one.ipynb",
        "Doe Jane_7777_assignsubmission_file_/one.ipynb",
    ],
)
def test_names_of_canvas_and_moodle_are_understood(collect, tmp_path, name):
    (told,) = collect(packed({name: notebook()}))
    assert (told.student, told.outcome, told.late) == ("jd1", "filed", 0)
    assert there(tmp_path, "jd1") == {
        "one.ipynb": notebook(),
        "timestamp.txt": b"2026-01-02 10:00:00 UTC",
    }


def test_a_name_with_an_accent_is_found(collect):
    (told,) = collect(packed({"Zoe van der Berg_1_assignsubmission_file_/one.ipynb": notebook()}))
    assert told.student == "zoe"


def test_late_is_late_and_said_so(collect):
    late = packed({"doejane_LATE_1234_1_one.ipynb": notebook()}, (2026, 1, 3, 12, 0, 0))
    (told,) = collect(late)
    assert (told.late, told.notes) == (86400, [])
    early = packed({"doejane_LATE_1234_1_one.ipynb": notebook()}, (2026, 1, 4, 0, 0, 0))
    assert collect(early)[0].outcome == "replaced"
    (told,) = collect(packed({"vanderbergzoe_LATE_99_1_one.ipynb": notebook()}))
    assert "Canvas says late" in told.notes[0]


def test_a_zip_tells_the_time_in_utc_where_it_can(collect):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        info = zipfile.ZipInfo("doejane_1234_1_one.ipynb", (2026, 1, 1, 0, 0, 0))
        stamp = int(datetime(2026, 1, 1, 5, 30, tzinfo=UTC).timestamp())
        info.extra = b"UT\x05\x00\x01" + stamp.to_bytes(4, "little")
        zipped.writestr(info, notebook())
    assert collect(made.getvalue())[0].time == datetime(2026, 1, 1, 5, 30, tzinfo=UTC)


def test_a_newer_one_stays_and_the_same_one_is_not_filed_twice(collect, tmp_path):
    name = "doejane_1234_1_one.ipynb"
    assert collect(packed({name: notebook()}))[0].outcome == "filed"
    assert collect(packed({name: notebook()}))[0].outcome == "unchanged"
    assert collect(packed({name: notebook("2")}, (2026, 1, 1, 0, 0, 0)))[0].outcome == "kept"
    assert collect(packed({name: notebook("3")}, (2026, 1, 2, 11, 0, 0)))[0].outcome == "replaced"
    assert there(tmp_path, "jd1")["one.ipynb"] == notebook("3")
    assert [path.name for path in (tmp_path / "submitted/jd1").iterdir()] == ["small"]


def test_the_last_upload_counts(collect, tmp_path):
    names = ("doejane_1234_2_one-1.ipynb", "doejane_1234_1_one.ipynb")
    collect(packed({name: notebook(name) for name in names}))
    assert there(tmp_path, "jd1")["one.ipynb"] == notebook("doejane_1234_1_one.ipynb")


def test_who_is_not_certain_is_not_guessed(collect, tmp_path):
    twins = packed({"Sam Lee_5_assignsubmission_file_/one.ipynb": notebook()})
    (told,) = collect(twins)
    assert (told.student, told.outcome) == ("", "refused")
    assert "--ids" in told.notes[0]
    assert not (tmp_path / "submitted").exists()
    assert collect(twins, ids={"Sam Lee": "twin2"})[0].student == "twin2"
    (told,) = collect(packed({"new_555_1_one.ipynb": notebook()}), take_ids=True)
    assert (told.student, told.outcome) == ("555", "filed")


@pytest.mark.parametrize("bad", ["../jd1", "a/b", "..", ".hidden", ""])
def test_an_id_that_leads_elsewhere_is_refused(collect, tmp_path, bad):
    (told,) = collect(packed({"new_555_1_one.ipynb": notebook()}), ids={"555": bad})
    assert told.outcome == "refused"
    assert not (tmp_path / "submitted").exists()


def test_a_zip_of_a_students_is_unpacked_and_their_word_for_the_time_is_not_taken(
    collect, tmp_path
):
    about = json.dumps({"student": "somebody", "assignment": "small"}).encode()
    inner = packed(
        {
            "small/one.ipynb": notebook(),
            "small/sub/data.csv": b"1",
            "small/timestamp.txt": b"2020-01-01 00:00:00 UTC",
            "small/docker-live.json": about,
            "small/.DS_Store": b"x",
        }
    )
    (told,) = collect(packed({"doejane_1234_1_small.zip": inner}))
    assert there(tmp_path, "jd1").keys() == {"one.ipynb", "sub/data.csv", "timestamp.txt"}
    assert there(tmp_path, "jd1")["timestamp.txt"] == b"2026-01-02 10:00:00 UTC"
    assert "made by 'somebody'" in told.notes[0]


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("../../../tmp/x.ipynb", "leads elsewhere"),
        ("/etc/cron.d/x", "leads elsewhere"),
        ("a/../../x.ipynb", "leads elsewhere"),
        ("a//x.ipynb", "leads elsewhere"),
        ("C:/x.ipynb", "Windows"),
        ("a\\..\\x.ipynb", "Windows"),
        ("a\x1b[2J.ipynb", "control characters"),
        (("a/" * 40) + "x.ipynb", "too long"),
        ("x" * 300, "too long"),
        (link("x.ipynb"), "a link"),
    ],
)
def test_tricks_are_refused_outside_and_inside(collect, tmp_path, path, why):
    inner = packed({"one.ipynb": notebook(), path: b"/etc/passwd"})
    (told,) = collect(packed({"doejane_1234_1_small.zip": inner}))
    assert any(why in note for note in told.notes)
    assert there(tmp_path, "jd1").keys() == {"one.ipynb", "timestamp.txt"}
    told = collect(packed({path: b"/etc/passwd", "doejane_1234_2_one.ipynb": notebook()}))
    assert any(why in note for each in told for note in each.notes)
    assert {path.name for path in tmp_path.iterdir()} == {"download.zip", "submitted"}


def test_bombs_do_not_go_off(collect, tmp_path, monkeypatch):
    bomb = packed({"one.ipynb": notebook(), "big": bytes(20_000_000)})
    (told,) = collect(packed({"doejane_1234_1_small.zip": bomb}))
    assert any("bomb" in note for note in told.notes)
    assert "big" not in there(tmp_path, "jd1")
    lying = bytearray(packed({"doejane_1234_1_one.ipynb": bytes(1_000_000)}))
    at = lying.rindex(b"PK\x01\x02")
    lying[at + 24 : at + 28] = (10).to_bytes(4, "little")  # says that it has 10 bytes
    told = collect(bytes(lying))
    assert any("unpacked" in note or "no notebook" in note for each in told for note in each.notes)
    monkeypatch.setattr(archive, "MOST_BYTES", 1000)
    with pytest.raises(archive.BadArchive, match="unpacks to more"):
        collect(packed({f"doejane_1234_{n}_one.ipynb": bytes(500) for n in range(5)}))
    monkeypatch.setattr(archive, "MOST_FILES", 2)
    with pytest.raises(archive.BadArchive, match="at most 2"):
        collect(packed({str(n): b"" for n in range(3)}))


@pytest.mark.parametrize("content", [b"", b"no zip", packed({"a": b"1"})[:-10]])
def test_what_is_no_zip_is_told(collect, content):
    with pytest.raises(archive.BadArchive):
        collect(content)


def test_another_zip_is_told(collect):
    with pytest.raises(CannotGrade, match=r"Canvas.*Moodle"):
        collect(packed({"holiday.jpg": b"1"}))


def test_a_folder_is_read_without_its_links(collect, tmp_path):
    folder = tmp_path / "unpacked"
    own = folder / "Jane Doe_7_assignsubmission_file_"
    own.mkdir(parents=True)
    (own / "one.ipynb").write_bytes(notebook())
    (own / "secret.txt").symlink_to("/etc/passwd")
    told = collect(folder)
    assert [(each.student, each.outcome) for each in told] == [("jd1", "filed"), ("", "refused")]
    assert there(tmp_path, "jd1").keys() == {"one.ipynb", "timestamp.txt"}


def test_a_full_disk_leaves_the_earlier_submission(collect, tmp_path, monkeypatch):
    name = "doejane_1234_1_one.ipynb"
    collect(packed({name: notebook()}))
    before = there(tmp_path, "jd1")
    real = Path.write_text

    def full(self, text, *more, **options):
        if self.name == "timestamp.txt":
            raise OSError(28, "No space left on device")
        return real(self, text, *more, **options)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space"):
        collect(packed({name: notebook("2")}, (2026, 1, 2, 11, 0, 0)))
    assert there(tmp_path, "jd1") == before
    assert [path.name for path in (tmp_path / "submitted/jd1").iterdir()] == ["small"]


def test_what_submit_packs_is_what_collect_files(collect, tmp_path):
    folder = tmp_path / "home/small"
    (folder / "sub").mkdir(parents=True)
    (folder / "one.ipynb").write_bytes(notebook())
    (folder / "sub/data.csv").write_text("1")
    (folder / "secret").symlink_to("/etc/passwd")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints/one.ipynb").write_text("{}")
    made = sending.pack(folder, "jd1")
    assert made.file == tmp_path / "home/small-jd1.zip"
    assert made.names == ["one.ipynb", "sub/data.csv"]
    assert "no cell has been run" in made.notes[0]
    (told,) = collect(packed({"doejane_1234_1_small-jd1.zip": made.file.read_bytes()}))
    assert (told.outcome, told.notes) == ("filed", [])
    assert there(tmp_path, "jd1").keys() == {"one.ipynb", "sub/data.csv", "timestamp.txt"}


def test_submit_refuses_what_nobody_could_grade(tmp_path):
    with pytest.raises(CannotGrade, match="no notebook"):
        sending.pack(tmp_path, "jd1")
    (tmp_path / "one.ipynb").write_text("{cut off")
    with pytest.raises(CannotGrade, match="not a notebook"):
        sending.pack(tmp_path, "jd1")


def test_a_table_of_ids_is_checked(tmp_path):
    table = tmp_path / "ids.csv"
    table.write_text("\ufeff1234, jd1\nJane Doe,jd1\n\n", encoding="utf-8")
    assert lms.read_ids(table) == {"1234": "jd1", "Jane Doe": "jd1"}
    table.write_text("1234\n")
    with pytest.raises(CannotGrade, match="1234"):
        lms.read_ids(table)
