"""The chmod calculator's arithmetic, against that of the system."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

import pytest

from dockerlab.explorers import ChmodCalculator
from dockerlab.permissions import Mode, read


@pytest.mark.parametrize("bits", range(0o1000))
def test_all_spellings_agree(bits: int) -> None:
    mode = Mode(bits)
    assert mode.letters == stat.filemode(bits)[1:]
    for spelling in (mode.octal, mode.letters, mode.symbolic):
        assert read(spelling, Mode(0)) == mode


@pytest.mark.parametrize(
    "change", ["+x", "a+x", "u+x,g-w", "go=", "o-rwx", "u=rw,go=r", "ug+w-x", "a=r", "-r", "u=rx+w"]
)
def test_changes_are_what_chmod_makes_of_them(change: str, tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.touch()
    for bits in (0o000, 0o640, 0o755, 0o777):
        file.chmod(bits)
        subprocess.run(["sh", "-c", f"umask 0; chmod -- {change} {file}"], check=True, timeout=10)
        assert read(change, Mode(bits)).bits == stat.S_IMODE(file.stat().st_mode), oct(bits)


@pytest.mark.parametrize("wrong", ["", "8", "75", "888", "7777", "rwx", "u", "z+x", "u+q", "755,"])
def test_what_is_no_mode_is_refused_with_an_example(wrong: str) -> None:
    with pytest.raises(ValueError, match="rwxr-xr-x"):
        read(wrong, Mode(0o644))


def test_the_sum_of_each_digit() -> None:
    assert Mode(0o750).sums() == ["7 = 4 + 2 + 1", "5 = 4 + 1", "0 = nothing"]


def test_boxes_and_text_change_each_other() -> None:
    calculator = ChmodCalculator()
    assert [[box.value for box in boxes] for boxes in calculator.boxes] == [
        [True, True, True],
        [True, False, True],
        [True, False, True],
    ]
    calculator.boxes[2][0].value = False
    calculator.boxes[2][2].value = False
    assert calculator.mode.octal == "750"
    calculator.text.value = "+x"
    assert calculator.mode.octal == "751"
    assert calculator.boxes[2][2].value
    calculator.text.value = "nonsense"
    assert calculator.mode.octal == "751"
    assert "nonsense" in calculator._said.value
    assert "rwxr-x--x" in calculator._repr_mimebundle_()["text/html"]
