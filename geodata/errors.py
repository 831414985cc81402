"""What can be wrong with a district's files, in a planner's words.

DataError            the files cannot be used: holds every fault found, not only the first
└── MissingCountError    a count was asked for that the district's files do not give

A `Fault` is one finding.  Its severity is stated: *fatal* faults make the district unusable,
*warnings* stay with it and are told wherever its numbers are used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["DataError", "Fault", "MissingCountError", "counted", "fatal", "listed", "warning"]

Severity = Literal["fatal", "warning"]

ROWS_TOLD = 8


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in one file.

    Parameters
    ----------
    severity : {"fatal", "warning"}
    code : str
        Short name of the kind of fault, the same in every language and version.
    file : str
        File (and layer or section) the fault is in.
    rows : tuple of str
        Ids of the rows concerned, or row numbers where the rows have no id.
    message : str
        What is wrong.
    why : str
        Why it matters.
    remedy : str
        What to do about it.
    """

    severity: Severity
    code: str
    file: str
    rows: tuple[str, ...]
    message: str
    why: str
    remedy: str

    @property
    def is_fatal(self) -> bool:
        """Whether the district cannot be used with this fault."""
        return self.severity == "fatal"

    def __str__(self) -> str:
        rows = f" ({listed(self.rows, ROWS_TOLD)})" if self.rows else ""
        lines = [f"{self.file}: {self.message}{rows}"]
        if self.why:
            lines.append(f"  why it matters: {self.why}")
        if self.remedy:
            lines.append(f"  what to do: {self.remedy}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, object]:
        """Return the fault as plain values, for JSON."""
        return {
            "severity": self.severity,
            "code": self.code,
            "file": self.file,
            "rows": list(self.rows),
            "message": self.message,
            "why": self.why,
            "remedy": self.remedy,
        }


def counted(number: float, one: str, many: str = "") -> str:
    """Return a number and its thing: ``1 school``, ``1,200 schools``, ``1 block is``.

    Parameters
    ----------
    number : float
    one : str
        Words after 1.
    many : str, optional
        Words after any other number; `one` with an s by default.
    """
    told = f"{int(number):,}" if float(number).is_integer() else f"{number:,g}"
    return f"{told} {one if number == 1 else many or f'{one}s'}"


def listed(ids: Iterable[object], most: int = 5) -> str:
    """Return the first few ids and how many more there are: ``a, b, … 3 more``."""
    names = [str(item) for item in ids]
    more = f", … {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def fatal(
    code: str, file: str, message: str, *, rows: Iterable[object] = (), why: str = "", do: str = ""
) -> Fault:
    """Return a fault that makes the district unusable."""
    return Fault("fatal", code, file, tuple(map(str, rows)), message, why, do)


def warning(
    code: str, file: str, message: str, *, rows: Iterable[object] = (), why: str = "", do: str = ""
) -> Fault:
    """Return a fault that real districts have and still plan with."""
    return Fault("warning", code, file, tuple(map(str, rows)), message, why, do)


class DataError(ValueError):
    """The files cannot be used.

    Parameters
    ----------
    faults : sequence of Fault
        Every fault found in every file, warnings included; or a single sentence.
    """

    def __init__(self, faults: Sequence[Fault] | str) -> None:
        if isinstance(faults, str):
            self.faults: tuple[Fault, ...] = ()
            super().__init__(faults)
            return
        self.faults = tuple(sorted(faults, key=lambda fault: not fault.is_fatal))
        super().__init__(describe_faults(self.faults))


class MissingCountError(DataError):
    """A count was asked for that the district's files do not give."""


def describe_faults(faults: Sequence[Fault]) -> str:
    """Tell faults in paragraphs, the fatal ones first."""
    fatal_count = sum(fault.is_fatal for fault in faults)
    warnings = counted(len(faults) - fatal_count, "warning", "warnings")
    head = f"{counted(fatal_count, 'fatal fault', 'fatal faults')}, {warnings}"
    marks = {"fatal": "✗", "warning": "!"}
    return "\n".join([head, *(f"{marks[fault.severity]} {fault}" for fault in faults)])
