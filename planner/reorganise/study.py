"""What the options of one structures file have in common: students, buildings, aim, today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from geodata import District
from geodata.dtypes import Floats
from geodata.grades import GradeSpan
from planner.errors import ScenarioError
from planner.plan import Plan
from planner.reorganise.file import StructuresFile, read_households
from planner.structures.ageing import Ageing
from planner.structures.aims import Aim, aim_of
from planner.structures.arrangement import Arrangement, grade_levels
from planner.structures.buildings import Buildings, refuse_shut
from planner.structures.families import Households
from planner.structures.residents import Residents
from planner.structures.setting import Setting
from planner.structures.zones import ZoneUnits

__all__ = ["Result", "Study", "left_out", "undivided"]


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """One option worked out.

    Parameters
    ----------
    name, kind : str
    arrangement : Arrangement
    status : str
        ``GIVEN``, ``PROVEN_OPTIMAL``, ``FEASIBLE`` or ``HEURISTIC``.
    sentence : str
        How it was found and what is proven.
    seconds : float [s]
    """

    name: str
    kind: str
    arrangement: Arrangement
    status: str = "GIVEN"
    sentence: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """A structures file with its district.

    Parameters
    ----------
    file : StructuresFile
    district : District
    setting : Setting
    aim : Aim
    """

    file: StructuresFile
    district: District
    setting: Setting
    aim: Aim

    @classmethod
    def of(cls, file: StructuresFile, district: District) -> Study:
        """Put the district's students and buildings together.

        Raises
        ------
        ScenarioError
            Where the aim counts race and the file does not say so openly.
        """
        wanted = GradeSpan.parse(file.grades).grades if file.grades else None
        residents = Residents.from_district(district, wanted)
        buildings = Buildings.from_district(
            district,
            allowed={b.school: b.allowed for b in file.building if b.allowed},
            seats={b.school: b.seats for b in file.building if b.seats is not None},
        )
        _refuse_strange_buildings(file, buildings)
        refuse_shut(district, residents.level_of.values())
        base = Arrangement.from_plan(
            Plan.today(district),
            block_ids=residents.block_ids,
            school_ids=buildings.ids,
            level_of=residents.level_of,
        )
        aim = aim_of(file.aim, residents, file.groups, file.least_group)
        if aim.uses_race and not file.race_conscious:
            raise ScenarioError(
                f"the aim {file.aim!r} counts {', '.join(aim.components)}",
                "deciding by race or ethnicity must be said openly",
                "set race_conscious = true, or aim at poverty_distance",
            )
        there = undivided(district, residents, buildings)
        if there is not None:
            buildings = buildings.teaching(there.grades, there.serves())
        setting = _setting(file, district, residents, buildings=buildings, base=base, there=there)
        return cls(file, district, setting, aim)

    @property
    def measures(self) -> tuple[str, ...]:
        """Measures the aim needs."""
        return tuple(dict.fromkeys(("students", *self.aim.measures)))

    def part(self, base: Arrangement) -> Arrangement:
        """Return the study's grades of an arrangement."""
        grades = self.setting.residents.grades
        columns = [base.grades.index(grade) for grade in grades]
        return replace(base, grades=grades, school_of=base.school_of[:, columns])

    def plan_of(self, result: Result) -> Plan:
        """Write an option as a plan."""
        return result.arrangement.plan(self.setting.residents.level_of)

    def units(self, base: Arrangement) -> ZoneUnits:
        """Return the zones of an arrangement as units."""
        return ZoneUnits.of(
            self.district,
            self.setting.residents,
            self.part(base),
            self.setting.buildings,
            measures=self.measures,
            ageing=self.setting.ageing,
        )

    def of_levels(self, levels: Sequence[str]) -> Study:
        """Return the study of some levels; none named: of all."""
        level_of = self.setting.residents.level_of
        unknown = [level for level in levels if level not in set(level_of.values())]
        if unknown:
            raise ScenarioError(
                f"no level named {', '.join(unknown)} among the grades compared",
                "its zones cannot be organised",
                f"use {', '.join(dict.fromkeys(level_of.values()))}",
            )
        if not levels:
            return self
        setting = self.setting.of_grades(g for g, level in level_of.items() if level in levels)
        aim = aim_of(self.file.aim, setting.residents, self.file.groups, self.file.least_group)
        return replace(self, setting=setting, aim=aim)

    def merge(self, base: Arrangement, part: Arrangement) -> Arrangement:
        """Put the grades of a part over a base."""
        school_of = base.school_of.copy()
        columns = [base.grades.index(grade) for grade in part.grades]
        school_of[:, columns] = np.where(part.school_of >= 0, part.school_of, school_of[:, columns])
        return replace(base, school_of=school_of)


def _refuse_low(key: str, value: float | Mapping[str, float] | None, *, above_zero: bool) -> None:
    """Refuse a class of nobody and a negative way."""
    given = dict(value) if isinstance(value, Mapping) else {"every level": value or 0.0}
    if value is None:
        return
    wrong = {k: v for k, v in given.items() if v < 0 or (above_zero and v == 0)}
    if wrong:
        told = ", ".join(f"{v:g} for {k}" for k, v in wrong.items())
        raise ScenarioError(
            f"{key} is {told}",
            "nothing can be counted by it",
            f"write a number {'above' if above_zero else 'of at least'} 0, or leave {key} out",
        )


def _refuse_strange_buildings(file: StructuresFile, buildings: Buildings) -> None:
    known = [str(school) for school in buildings.ids]
    strange = [b.school for b in file.building if b.school not in known]
    if strange:
        raise ScenarioError(
            f"[[building]] names {', '.join(strange)}",
            "the district has no such open school with a zone, so what is said of it would be lost",
            f"use ids of the schools file, such as {', '.join(known[:5])}",
        )


def _setting(
    file: StructuresFile,
    district: District,
    residents: Residents,
    *,
    buildings: Buildings,
    base: Arrangement,
    there: Arrangement | None,
) -> Setting:
    for key, value in (("walk_km", file.walk_km), ("class_size", file.class_size)):
        _refuse_low(key, value, above_zero=key == "class_size")
    walk = file.per_grade(file.walk_km, residents.level_of, "walk_km")
    size = file.per_grade(file.class_size, residents.level_of, "class_size")
    homes = None
    if file.households:
        homes = Households.from_table(read_households(file.path(file.households)), base)
    travel = district.travel
    minutes = None if travel.minutes is None else travel.minutes[:, buildings.columns]
    ageing = Ageing(file.years, dict(file.survival), file.entry_growth)
    return Setting(
        residents=residents,
        buildings=buildings,
        metres=np.asarray(travel.metres[:, buildings.columns], dtype=np.float64),
        base=base,
        gaps_m=buildings.gaps_m(file.detour_factor),
        gaps_method=f"straight line × {file.detour_factor:g}",
        minutes=None if minutes is None else np.asarray(minutes, dtype=np.float64),
        walk_m=None if walk is None else 1000.0 * np.array(walk),
        class_size=None if size is None else np.array(size),
        ageing=ageing,
        households=homes,
        least_group=file.least_group,
        others=None if there is None else _others(there, residents, ageing),
    )


def left_out(district: District, residents: Residents) -> dict[str, str]:
    """Return the level of every grade that the district teaches and that is not compared."""
    levels = grade_levels(district)
    return {grade: level for grade, level in levels.items() if grade not in residents.level_of}


def undivided(district: District, residents: Residents, buildings: Buildings) -> Arrangement | None:
    """Return today's school of every block in the grades that are not compared; None: no such."""
    level_of = left_out(district, residents)
    if not level_of:
        return None
    today = Plan.today(district).table
    return Arrangement.from_plan(
        Plan(today[today["school_id"].isin(buildings.ids)]),
        block_ids=residents.block_ids,
        school_ids=buildings.ids,
        level_of=level_of,
    )


def _others(there: Arrangement, residents: Residents, ageing: Ageing) -> Floats:
    """Return today's students of each building in grades not compared, (years + 1, m)."""
    counted = tuple(grade for grade in there.grades if grade in residents.all_grades)
    cohorts = np.full((ageing.years + 1, *there.school_of.shape), np.nan)
    columns = [there.grades.index(grade) for grade in counted]
    cohorts[:, :, columns] = replace(residents, grades=counted).cohorts(ageing)
    return np.stack([there.tally(year).sum(axis=1) for year in cohorts])
