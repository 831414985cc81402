"""Students whom a plan sends to a school that does not teach their grades."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from geodata.dtypes import Bools
from geodata.errors import ROWS_TOLD, listed
from geodata.grades import GradeSpan, grade_index

if TYPE_CHECKING:
    from planner.evaluation.scene import Scene

__all__ = ["untaught"]


def untaught(scene: Scene) -> list[str]:
    """Tell the schools that a plan gives grades they do not teach, and who would go there.

    A plan drawn elsewhere may do so on purpose, so it is measured all the same.

    Parameters
    ----------
    scene : Scene
        The schools teach what they do after its events.
    """
    told = []
    for level in scene.levels:
        placement = scene.placements[level]
        for at in placement.schools():
            name = placement.school_ids[at]
            school = scene.supply.schools.loc[name]
            taught = GradeSpan(str(school["grade_low"]), str(school["grade_high"]))
            strange = np.array([not taught.contains(grade) for grade in placement.grades])
            sent = (placement.school_of == at) & strange
            if sent.any():
                told.append(
                    f"{_who(scene, level, sent)} {school['name']} [{name}], which teaches "
                    f"{taught}: there is no class for them."
                )
    return told


def _who(scene: Scene, level: str, sent: Bools) -> str:
    """Say which blocks, students and grades (n, G) are sent, up to the name of the school."""
    blocks = scene.district.blocks.index[np.flatnonzero(sent.any(axis=1))]
    columns = np.flatnonzero(sent.any(axis=0)).tolist()
    many = 0.0
    for at in columns:
        students = scene.students(level, slice(at, at + 1))
        many += np.nan if students is None else float(students[sent[:, at]].sum())
    some = "an unknown number of" if np.isnan(many) else f"{many:,.0f}"
    grades = _span([scene.placements[level].grades[at] for at in columns])
    noun, goes = ("block", "goes") if len(blocks) == 1 else ("blocks", "go")
    return (
        f"{level}: {len(blocks):,} {noun} ({listed(blocks, ROWS_TOLD)}) with {some} students of "
        f"grades {grades} {goes} to"
    )


def _span(grades: Sequence[str]) -> str:
    """Write grades as a span where they follow each other."""
    places = [grade_index(grade) for grade in grades]
    is_run = places[-1] - places[0] == len(places) - 1
    return str(GradeSpan(grades[0], grades[-1])) if is_run else ", ".join(grades)
