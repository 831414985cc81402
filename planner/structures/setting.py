"""What measures are taken on, and the rows they are collected in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from geodata.dtypes import Floats
from planner.structures.ageing import Ageing, band_capacity
from planner.structures.arrangement import Arrangement
from planner.structures.buildings import Buildings
from planner.structures.families import Households
from planner.structures.residents import Residents

__all__ = ["Rows", "Setting"]


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """What the measures are taken on: the same for every option compared.

    Parameters
    ----------
    residents : Residents
    buildings : Buildings
    metres : (n, m) float64 [m]
        Block to building; NaN unknown.
    minutes : (n, m) float64 [min] or None
    base : Arrangement
        Today's.
    gaps_m : (m, m) float64 [m]
        Building to building.
    gaps_method : str
        How those were measured.
    walk_m : (G,) float64 [m] or None
        Walking distance by grade; None: not stated, so walkers are not counted.
    class_size : (G,) float64 [students] or None
        Largest class wanted by grade.
    ageing : Ageing
    households : Households or None
    least_group : float [students]
        Groups smaller than this are left out of gaps.
    others : (years + 1, m) float64 [students] or None
        Students of each building in grades that are not compared, this year and later; NaN unknown.
        None: every grade is compared.
    """

    residents: Residents
    buildings: Buildings
    metres: Floats
    base: Arrangement
    gaps_m: Floats
    gaps_method: str = ""
    minutes: Floats | None = None
    walk_m: Floats | None = None
    class_size: Floats | None = None
    ageing: Ageing = field(default_factory=Ageing)
    households: Households | None = None
    least_group: float = 1.0
    others: Floats | None = None

    def free(self, ceiling_share: float = 1.0) -> Buildings:
        """Return the buildings with the seats that the grades not compared leave in every year."""
        if self.others is None:
            return self.buildings
        return self.buildings.less(self.others.max(0), ceiling_share)

    def others_note(self) -> str:
        """Say which buildings teach grades that are not compared; empty where none does."""
        if self.others is None:
            return ""
        fit = [bool(row.any()) for row in self.buildings.may_serve(self.residents.grades)]
        told = [
            f"{building.school_id} ({'unknown' if np.isnan(many) else f'{many:,.0f}'})"
            for building, many, may in zip(self.buildings.all, self.others[0], fit, strict=True)
            if may and many != 0
        ]
        if not told:
            return ""
        return (
            f"students of grades that are not compared stay in {', '.join(told)}: the options "
            "divide the other seats, and how full a building is counts all its students"
        )

    def capacity(self, arrangement: Arrangement) -> pd.DataFrame:
        """Compare each building's students with its seats, as `structures.band_capacity`."""
        cohorts = self.residents.cohorts(self.ageing)
        return band_capacity(
            arrangement,
            self.residents.students,
            self.buildings,
            self.ageing,
            cohorts=cohorts,
            others=self.others,
        )

    def of_grades(self, wanted: Iterable[str]) -> Setting:
        """Return the setting for some of the grades."""
        chosen = set(wanted)
        keep = [g for g, grade in enumerate(self.residents.grades) if grade in chosen]
        grades = tuple(self.residents.grades[g] for g in keep)
        residents = replace(
            self.residents,
            grades=grades,
            students=self.residents.students[:, keep],
            groups={k: v[:, keep] for k, v in self.residents.groups.items()},
            poor=None if self.residents.poor is None else self.residents.poor[:, keep],
            level_of={g: self.residents.level_of[g] for g in grades},
        )
        base = replace(self.base, grades=grades, school_of=self.base.school_of[:, keep])
        return replace(
            self,
            residents=residents,
            base=base,
            walk_m=None if self.walk_m is None else self.walk_m[keep],
            class_size=None if self.class_size is None else self.class_size[keep],
        )


class Rows:
    """Measures being collected: (measure, group, value, unit, note)."""

    def __init__(self) -> None:
        self.all: list[tuple[str, str, float, str, str]] = []

    def add(
        self,
        measure: str,
        value: float,
        unit: str,
        group: str = "",
        *,
        note: str = "",
        why: str = "",
        unknown: str = "",
    ) -> None:
        """Add a measure.

        Parameters
        ----------
        measure : str
        value : float
        unit, group : str
        note : str
            How the value is made.
        why : str
            What is unknown or left out: said instead of the note, with or without a value.
        unknown : str
            Why there is no value, said only where there is none.
        """
        if np.isnan(value) and not why:
            reason = unknown or "cannot be told from the data given"
            why = "; ".join(part for part in (reason, note) if part)
        self.all.append((measure, group, float(value), unit, why or note))

    def missing(self, measures: Iterable[str], why: str) -> None:
        """Add measures that cannot be told, and why."""
        for measure in measures:
            self.add(measure, float("nan"), "", why=why)
