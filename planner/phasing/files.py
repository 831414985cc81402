"""The files of a phase-in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from planner.phasing.words import phase_in_text

if TYPE_CHECKING:
    from planner.phasing.phase_in import PhaseIn

__all__ = ["MARK", "write_phase_in"]

MARK = "phase_in.csv"
"""By which the folder of a phase-in is known."""


def write_phase_in(found: PhaseIn, folder: Path) -> None:
    """Write the tables, for Excel too, and the text; the one the folder is known by comes last.

    Parameters
    ----------
    found : PhaseIn
    folder : Path
        There already.
    """
    found.schools.to_csv(folder / "schools.csv", index=False, lineterminator="\n")
    (folder / "summary.txt").write_text(phase_in_text(found) + "\n", encoding="utf-8")
    found.measures.to_csv(folder / MARK, index=False, lineterminator="\n")
