"""The pairs of neighbouring zones that would gain most, for any district and level."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.errors import MissingPovertyError, ScenarioError
from planner.plan import Plan
from planner.problem.seats import students_of_other_levels
from planner.problem.supply import supply_of
from planner.reorganise.study import undivided
from planner.reorganise.uses import open_aim_ledger
from planner.structures.ageing import Ageing
from planner.structures.aims import Aim, aim_of
from planner.structures.arrangement import Arrangement
from planner.structures.buildings import Buildings, refuse_shut
from planner.structures.pairs import rank_pairs
from planner.structures.residents import Residents
from planner.structures.zones import ZoneUnits

if TYPE_CHECKING:
    from geodata import District

__all__ = ["level_units", "list_pairs"]


def list_pairs(
    district: District,
    level: str,
    *,
    groups: Sequence[str] = (),
    most: int = 10,
    ceiling_share: float = 1.0,
    years: int = 0,
    least_group: float = 30.0,
) -> pd.DataFrame:
    """List the pairs of touching zones with the largest gain, and what they cost.

    Parameters
    ----------
    district : District
    level : str
    groups : (2,) sequence of str, optional
        Groups whose dissimilarity counts first; none: poverty counts first.
    most : int
        Pairs listed; 0: all.
    ceiling_share : float [share]
        How full a building may be.
    years : int [years]
        Years over which cohorts age and must still fit.
    least_group : float [students]
        Smaller groups are left out of the parity gap.

    Returns
    -------
    DataFrame
        As `planner.structures.pairs.rank_pairs`, with the schools' names as `names`; `notes` and
        the use `ledger` are in ``attrs``.

    Raises
    ------
    ScenarioError
        For an unknown level.
    MissingPovertyError
        Where neither poverty is counted nor groups are named.
    StructureError
        Where students of some block are not known.
    """
    residents, buildings, base = level_units(district, level, ceiling_share)
    aims: dict[str, Aim] = {}
    if groups:
        aims["dissimilarity"] = aim_of("dissimilarity", residents, groups)
    if residents.poor is not None:
        aims["poverty_distance"] = aim_of("poverty_distance", residents)
        counted = sum(np.nansum(n) >= max(least_group, 1e-9) for n in residents.groups.values())
        if counted > 1:
            aims["parity_gap"] = aim_of("parity_gap", residents, (), least_group)
    if not aims:
        raise MissingPovertyError(
            "the district has no poverty column, and no two groups are named",
            "pairs are ranked by what they do for poverty or for two groups",
            "map a poverty column in the district file, or name two groups such as --groups a,b",
        )
    residents.require_counts(dict.fromkeys(m for aim in aims.values() for m in aim.measures))
    measures = tuple(dict.fromkeys(m for aim in aims.values() for m in ("students", *aim.measures)))
    units = ZoneUnits.of(
        district, residents, base, buildings, measures=measures, ageing=Ageing(years=years)
    )
    table = rank_pairs(units, aims, buildings, ceiling_share=ceiling_share)
    table = table.head(most) if most else table
    names = dict(zip(buildings.ids, (b.name for b in buildings.all), strict=True))
    lead = [
        " + ".join(names.get(zone.split("+")[0], zone) for zone in pair)
        for pair in zip(table["zone"], table["other"], strict=True)
    ]
    table = table.assign(names=lead)
    unknown = int(np.isnan(buildings.seats).sum())
    notes = [*residents.notes, f"way to school is {district.travel.method}"]
    if unknown:
        notes.append(
            f"seats of {unknown} schools are unknown and limit nothing; pairs with such a school "
            "divide the grades into halves as even as possible"
        )
    if table.empty:
        notes.append("no two zones of this level touch")
    table.attrs["notes"] = notes
    table.attrs["ledger"] = open_aim_ledger(residents, aims)
    return table


def level_units(
    district: District, level: str, ceiling_share: float = 1.0
) -> tuple[Residents, Buildings, Arrangement]:
    """Return a level's students, the buildings that serve it today, and today's arrangement.

    The buildings have the seats that today's students of other levels leave free, and go on
    teaching these.
    """
    if level not in district.levels:
        raise ScenarioError(
            f"no level named {level!r}",
            "its zones cannot be paired",
            f"use {', '.join(district.levels)}",
        )
    residents = Residents.from_district(district, district.levels[level].span.grades)
    today = Plan.today(district).level(level)
    refuse_shut(district, (level,))
    schools = sorted(set(today.table["school_id"]))
    elsewhere = students_of_other_levels(district, level, supply_of(district))
    buildings = Buildings.from_district(district, schools=schools)
    taken = np.array([elsewhere.get(str(s), 0.0) for s in buildings.ids])
    buildings = buildings.less(taken, ceiling_share)
    there = undivided(district, residents, buildings)
    if there is not None:
        buildings = buildings.teaching(there.grades, there.serves())
    base = Arrangement.from_plan(
        today, block_ids=residents.block_ids, school_ids=buildings.ids, level_of=residents.level_of
    )
    return residents, buildings, base
