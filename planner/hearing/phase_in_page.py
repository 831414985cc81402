"""The page of a phase-in: one file, no network, for staff."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from planner.hearing.phase_in_picture import phase_in_picture
from planner.pages import page_templates
from planner.phasing.words import OVER, heads, policy_tables, school_tables

if TYPE_CHECKING:
    from planner.phasing import PhaseIn

__all__ = ["write_phase_in_page"]


def write_phase_in_page(found: PhaseIn, folder: Path) -> None:
    """Write ``index.html`` into the folder of a phase-in.

    Parameters
    ----------
    found : PhaseIn
    folder : Path
    """
    page = (
        page_templates("planner.hearing")
        .get_template("phase_in.html.j2")
        .render(
            title=found.title,
            heads=heads(found.years),
            parts=list(policy_tables(found)),
            schools=school_tables(found),
            over=OVER,
            notes=found.notes,
            picture=phase_in_picture(found),
        )
    )
    (folder / "index.html").write_text(page, encoding="utf-8")
