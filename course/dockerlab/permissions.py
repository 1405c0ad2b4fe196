"""File permissions in their three spellings: 755, rwxr-xr-x and u=rwx,go=rx."""

from __future__ import annotations

import re
from dataclasses import dataclass

WHO = ("user", "group", "other")
WHAT = ("read", "write", "execute")
LETTERS = "rwx"
CLAUSE = re.compile(r"([ugoa]*)((?:[-+=][rwx]*)+)")


@dataclass(frozen=True)
class Mode:
    """Nine permissions.

    Args:
        bits: as a number from 0 to 0o777.

    Raises:
        ValueError: the number is outside of that.
    """

    bits: int

    def __post_init__(self) -> None:
        if not 0 <= self.bits <= 0o777:
            raise ValueError("Three digits from 0 to 7 are wanted, such as 755.")

    @property
    def octal(self) -> str:
        """As `chmod 755` has it: a digit each for user, group and other."""
        return f"{self.bits:03o}"

    @property
    def letters(self) -> str:
        """As `ls -l` has it: rwxr-xr-x."""
        return "".join(
            LETTERS[what] if self.has(who, what) else "-" for who in range(3) for what in range(3)
        )

    @property
    def symbolic(self) -> str:
        """As `chmod u=rwx,g=rx,o=rx` has it."""
        groups = (self.letters[at : at + 3].replace("-", "") for at in (0, 3, 6))
        return ",".join(f"{who[0]}={letters}" for who, letters in zip(WHO, groups, strict=True))

    def has(self, who: int, what: int) -> bool:
        """Whether somebody may do something.

        Args:
            who: 0 for the user, 1 for the group, 2 for others.
            what: 0 to read, 1 to write, 2 to execute.
        """
        return bool(self.bits >> (8 - 3 * who - what) & 1)

    def toggled(self, who: int, what: int) -> Mode:
        """The mode with one permission turned over.

        Args:
            who: 0 for the user, 1 for the group, 2 for others.
            what: 0 to read, 1 to write, 2 to execute.
        """
        return Mode(self.bits ^ 1 << (8 - 3 * who - what))

    def sums(self) -> list[str]:
        """How each digit comes about: "7 = 4 + 2 + 1"."""
        told = []
        for who in range(3):
            parts = [str(4 >> what) for what in range(3) if self.has(who, what)]
            told.append(f"{self.octal[who]} = {' + '.join(parts) or 'nothing'}")
        return told


def read(text: str, now: Mode) -> Mode:
    """A mode from any of its spellings.

    Args:
        text: "755", "rwxr-xr-x", or what `chmod` takes: "u=rwx,go=rx", "+x", "o-w".
        now: what "+" and "-" change.

    Raises:
        ValueError: it is none of these; the message says what would be.
    """
    text = text.strip()
    if re.fullmatch(r"0?[0-7]{3}", text):
        return Mode(int(text, 8))
    if re.fullmatch(r"-?([r-][w-][x-]){3}", text):
        return Mode(int("".join("0" if c == "-" else "1" for c in text[-9:]), 2))
    bits = now.bits
    for clause in text.split(","):
        match = CLAUSE.fullmatch(clause.strip())
        if not match:
            raise ValueError(
                f"{text!r} is no mode. Three digits from 0 to 7 (755), nine letters (rwxr-xr-x), "
                "or a change (u=rwx,go=rx or +x) would be one."
            )
        for sign, letters in re.findall(r"([-+=])([rwx]*)", match[2]):
            bits = _change(bits, match[1] or "a", sign, letters)
    return Mode(bits)


def _change(bits: int, who: str, sign: str, letters: str) -> int:
    """Apply one change. Without anybody named, all are meant (chmod would ask the umask, too)."""
    for place, name in enumerate("ugo"):
        if name not in who and "a" not in who:
            continue
        shift = 6 - 3 * place
        given = sum(4 >> LETTERS.index(letter) for letter in set(letters)) << shift
        if sign == "=":
            bits &= ~(7 << shift)
        bits = bits & ~given if sign == "-" else bits | given
    return bits
