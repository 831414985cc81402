"""Grades and grade spans: PK, K, 1 … 12."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.errors import DataError

__all__ = ["GRADES", "GRADE_RANK", "GradeSpan", "grade_index", "parse_grade"]

GRADES: tuple[str, ...] = ("PK", "K", *(str(number) for number in range(1, 13)))

GRADE_RANK = {grade: rank for rank, grade in enumerate(GRADES)}
"""The place of each grade in that order."""
_ALIASES = {
    "KG": "K",
    "KF": "K",
    "KH": "K",
    "KINDERGARTEN": "K",
    "KINDER": "K",
    "0": "K",
    "00": "K",
    "TK": "K",
    "PREK": "PK",
    "PRE-K": "PK",
    "PRE K": "PK",
    "P": "PK",
    "-1": "PK",
}


def parse_grade(text: str) -> str:
    """Return a grade in the form used everywhere: ``"KG"`` → ``"K"``, ``"03"`` → ``"3"``.

    Raises
    ------
    DataError
        Where the text is no grade.
    """
    label = str(text).strip().upper().removesuffix(".0")
    for prefix in ("GRADE ", "G_"):
        label = label.removeprefix(prefix)
    if label in GRADE_RANK:
        return label
    if label in _ALIASES:
        return _ALIASES[label]
    stripped = label.lstrip("0")
    if stripped in GRADE_RANK:
        return stripped
    raise DataError(f"{text!r} is no grade: use one of {', '.join(GRADES)}")


def grade_index(grade: str) -> int:
    """Return the place of a grade in the order PK, K, 1 … 12."""
    return GRADE_RANK[grade]


@dataclass(frozen=True, slots=True)
class GradeSpan:
    """The grades a school or a level serves, lowest to highest.

    Parameters
    ----------
    low, high : str
        Grades; ``low`` is not above ``high``.
    """

    low: str
    high: str

    def __post_init__(self) -> None:
        for grade in (self.low, self.high):
            if grade not in GRADE_RANK:
                raise DataError(f"{grade!r} is no grade: use one of {', '.join(GRADES)}")
        if GRADE_RANK[self.low] > GRADE_RANK[self.high]:
            raise DataError(f"grade span {self.low}-{self.high} runs backwards")

    @classmethod
    def parse(cls, text: str) -> GradeSpan:
        """Read ``"K-5"``, ``"PK-02"`` or ``"6"``.

        Raises
        ------
        DataError
            Where the text is no grade span.
        """
        cleaned = str(text).strip().replace("–", "-").replace(" to ", "-")
        for alias in ("PRE-K", "Pre-K", "pre-k"):
            cleaned = cleaned.replace(alias, "PK")
        low, _, high = cleaned.partition("-")
        return cls(parse_grade(low), parse_grade(high or low))

    @property
    def grades(self) -> tuple[str, ...]:
        """Every grade of the span, in order."""
        return GRADES[GRADE_RANK[self.low] : GRADE_RANK[self.high] + 1]

    def contains(self, other: GradeSpan | str) -> bool:
        """Tell whether a grade, or every grade of another span, is served."""
        if isinstance(other, str):
            other = GradeSpan(other, other)
        return (
            GRADE_RANK[self.low] <= GRADE_RANK[other.low]
            and GRADE_RANK[other.high] <= GRADE_RANK[self.high]
        )

    def overlaps(self, other: GradeSpan) -> bool:
        """Tell whether the two spans have a grade in common."""
        return (
            GRADE_RANK[self.low] <= GRADE_RANK[other.high]
            and GRADE_RANK[other.low] <= GRADE_RANK[self.high]
        )

    def __len__(self) -> int:
        return GRADE_RANK[self.high] - GRADE_RANK[self.low] + 1

    def __str__(self) -> str:
        return self.low if self.low == self.high else f"{self.low}-{self.high}"
