"""Leave out warnings that only follow from a fatal fault told already."""

from __future__ import annotations

from collections.abc import Sequence

from geodata.errors import Fault

__all__ = ["without_consequences"]

_UNREAD_COUNTS = frozenset(
    {"students_unknown", "part_unknown", "capacity_missing", "enrolled_missing"}
)
_IN_SAME_FILE = {
    "column_missing": _UNREAD_COUNTS,
    "count_negative": _UNREAD_COUNTS,
    "count_not_numeric": _UNREAD_COUNTS,
    "crs_missing": frozenset({"school_without_point"}),
    "id_duplicate": frozenset({"geometry_gap", "block_isolated", "block_left_isolated"}),
}
"""Warnings by the code of the fatal fault they follow from, where both are of one file."""
_ANYWHERE = {"crs_missing": frozenset({"travel_unreachable"})}
"""The same, whichever the files."""


def without_consequences(faults: Sequence[Fault]) -> list[Fault]:
    """Return the faults without the warnings that will go when a fatal one is mended."""
    causes = [fault for fault in faults if fault.is_fatal]
    return [
        fault
        for fault in faults
        if fault.is_fatal or not any(_follows(fault, cause) for cause in causes)
    ]


def _follows(fault: Fault, cause: Fault) -> bool:
    same_file = cause.file.split(" (")[0] in fault.file
    return fault.code in _ANYWHERE.get(cause.code, ()) or (
        same_file and fault.code in _IN_SAME_FILE.get(cause.code, ())
    )
