"""Every statement of the notes that a lesson owns is shown in a cell, and marked there."""

import json
from pathlib import Path

import pytest
import yaml

COURSE = Path(__file__).parents[2] / "course"
CLAIMS = {c["id"]: c for c in yaml.safe_load((COURSE / "claims.yml").read_text(encoding="utf-8"))}
LESSONS = {path.stem.split("-", 1)[1]: path for path in sorted(COURSE.glob("[0-9][0-9]-*.ipynb"))}


def cells_by_claim(lesson: Path) -> dict[str, list[dict]]:
    shown: dict[str, list[dict]] = {}
    for cell in json.loads(lesson.read_text(encoding="utf-8"))["cells"]:
        for claim in cell["metadata"].get("claims", []):
            shown.setdefault(claim, []).append(cell)
    return shown


def test_claims_are_well_formed() -> None:
    assert len(CLAIMS) > 50
    for claim in CLAIMS.values():
        assert {"id", "line", "says", "lesson", "show", "verdict"} <= claim.keys()
        assert claim["verdict"] in {"holds", "refine", "wrong", "context"}


def test_every_claim_has_a_lesson() -> None:
    assert {claim["lesson"] for claim in CLAIMS.values()} == LESSONS.keys()


@pytest.mark.parametrize("lesson", LESSONS)
def test_each_claim_of_the_lesson_is_shown(lesson: str) -> None:
    wanted = {i for i, claim in CLAIMS.items() if claim["lesson"] == lesson}
    shown = cells_by_claim(LESSONS[lesson])
    assert wanted
    assert wanted <= shown.keys()
    assert shown.keys() <= CLAIMS.keys(), "a cell names a claim that there is not"


@pytest.mark.parametrize("lesson", LESSONS)
def test_what_the_daemon_can_say_it_says(lesson: str) -> None:
    """A claim that is not merely told has a cell of code with an output."""
    shown = cells_by_claim(LESSONS[lesson])
    for claim in CLAIMS.values():
        if claim["lesson"] != lesson or not claim["show"] or claim["show"].startswith("told"):
            continue
        assert any(cell.get("outputs") for cell in shown[claim["id"]]), claim["id"]


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_closing_table_has_each_claim_and_its_verdict(lesson: str) -> None:
    cells = json.loads(LESSONS[lesson].read_text(encoding="utf-8"))["cells"]
    table = "".join(next(cell["source"] for cell in cells if cell["id"] == "table"))
    words = {"holds": "holds", "refine": "refined", "wrong": "wrong", "context": "told"}
    rows = [
        line.split("|")
        for line in table.splitlines()
        if line.startswith("| C") and line[3].isdigit()
    ]
    verdicts = {i.strip(): row[3].strip(" *") for row in rows for i in row[1].split(",")}
    wanted = {i: words[c["verdict"]] for i, c in CLAIMS.items() if c["lesson"] == lesson}
    assert verdicts == wanted
