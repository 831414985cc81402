"""One table of measures for any arrangement of schools and grades.

Integration is measured within grades (see `planner.metrics.stratified`), by the very functions
every other report uses.  A row whose data is missing has no value and says why.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.structures import families, service
from planner.structures.ageing import band_capacity, first_overflow
from planner.structures.arrangement import Arrangement
from planner.structures.integration import add_integration, add_poverty
from planner.structures.setting import Rows, Setting

__all__ = ["MEASURE_COLUMNS", "measure_arrangement"]

Floats = NDArray[np.float64]
MEASURE_COLUMNS = ["measure", "group", "value", "unit", "note"]
NAN = float("nan")


def measure_arrangement(arrangement: Arrangement, setting: Setting) -> pd.DataFrame:
    """Measure an arrangement.

    Returns
    -------
    DataFrame
        `measure`, `group` (a group, pair of groups, grade gap or school; empty: everybody),
        `value`, `unit`, `note` (why there is no value, or how it was made).
    """
    arrangement.require_served(setting.pupils.students)
    rows = Rows()
    add_integration(rows, arrangement, setting)
    add_poverty(rows, arrangement, setting)
    _family(rows, arrangement, setting)
    _travel(rows, arrangement, setting)
    _walking(rows, arrangement, setting)
    _classes(rows, arrangement, setting)
    _capacity(rows, arrangement, setting)
    return pd.DataFrame(rows.all, columns=MEASURE_COLUMNS)


def _family(rows: Rows, arrangement: Arrangement, setting: Setting) -> None:
    weight = setting.pupils.students.sum(axis=1)
    homes = setting.households
    how = "counted in households" if homes is not None else "formula: siblings of any two grades"
    span = f"grades {arrangement.grades[0]} to {arrangement.grades[-1]}"
    rows.add("transitions", families.transitions(arrangement, weight), "changes", "", span)
    rows.add("years_per_building", families.years_per_building(arrangement, weight), "years")
    kept = families.cohort_kept_together(arrangement, setting.pupils.students)
    nobody = "nobody changes building" if np.isnan(kept) else ""
    rows.add("cohort_kept_together", kept, "share", "", nobody)
    for gap in range(1, 5):
        share = families.siblings_together(arrangement, weight, gap, homes)
        rows.add("siblings_together", share, "share", f"{gap} grades apart", how)
    many = families.buildings_per_family(arrangement, weight, homes)
    rows.add("buildings_per_family", many, "buildings", "", how)
    now, then = (
        families.drop_off_m(a, setting.metres, setting.gaps_m, weight, households=homes)
        for a in (setting.base, arrangement)
    )
    how = f"{how}; between schools: {setting.gaps_method or 'method not stated'}"
    rows.add("drop_off_round", then, "m", "", how)
    rows.add("drop_off_round_change", then - now, "m", "", how)


def _travel(rows: Rows, arrangement: Arrangement, setting: Setting) -> None:
    pupils = setting.pupils
    for unit, matrix in (("m", setting.metres), ("min", setting.minutes)):
        name = "travel" if unit == "m" else "travel_time"
        if matrix is None:
            rows.missing((f"{name}_mean",), "the district has no travel times")
            continue
        way = service.pupil_metres(arrangement, matrix)
        before = service.pupil_metres(setting.base, matrix)
        for group, counts in {"": pupils.students, **pupils.groups, "poor": pupils.poor}.items():
            if counts is None:
                continue
            now = service.travel_summary(way, counts)
            was = service.travel_summary(before, counts)
            note = f"{now['unknown']:,.0f} pupils left out: way unknown" if now["unknown"] else ""
            rows.add(f"{name}_mean", now["mean"], unit, group, note)
            rows.add(f"{name}_mean_change", now["mean"] - was["mean"], unit, group, note)
            rows.add(f"{name}_p90", now["p90"], unit, group, note)
            if not group:
                rows.add(f"{name}_longest", now["max"], unit, group, note)
    moved = arrangement.school_of != setting.base.school_of
    for group, counts in {"": pupils.students, **pupils.groups}.items():
        rows.add("students_moved", float(np.nansum(counts[moved])), "students", group)


def _walking(rows: Rows, arrangement: Arrangement, setting: Setting) -> None:
    names = ("walkers", "walkers_lost")
    if setting.walk_m is None:
        rows.missing(names, "no walking distance is stated (walk_m)")
        return
    before = service.pupil_metres(setting.base, setting.metres)
    after = service.pupil_metres(arrangement, setting.metres)
    pupils = setting.pupils
    note = "by distance; hazards are not known"
    for group, counts in {"": pupils.students, **pupils.groups}.items():
        lost = service.walkers_lost(before, after, counts, setting.walk_m)
        rows.add("walkers", service.walkers(after, counts, setting.walk_m), "students", group, note)
        rows.add("walkers_lost", lost, "students", group, note)


def _classes(rows: Rows, arrangement: Arrangement, setting: Setting) -> None:
    if setting.class_size is None:
        rows.missing(("sections", "class_spread"), "no class size is stated (class_size)")
        return
    table = service.sections(arrangement, setting.pupils.students, setting.class_size)
    rows.add("sections", float(table["sections"].sum()), "sections")
    even = service.class_evenness(table, arrangement.grades)
    rows.add("class_spread", float(even["spread"].max()), "students", "", "widest grade")
    for grade, spread in zip(even["grade"], even["spread"], strict=True):
        rows.add("class_spread_by_grade", float(spread), "students", f"grade {grade}")


def _capacity(rows: Rows, arrangement: Arrangement, setting: Setting) -> None:
    capacity = band_capacity(
        arrangement, setting.pupils.students, setting.buildings, setting.ageing
    )
    unknown = int(capacity.loc[capacity["year"] == 0, "seats"].isna().sum())
    note = f"{unknown} schools without a known capacity are left out" if unknown else ""
    for year in dict.fromkeys((0, setting.ageing.years)):
        at = capacity[capacity["year"] == year]
        rows.add("fullest", float(at["utilization"].max()), "share", f"year {year}", note)
        over = float(at["over"].sum()) if at["over"].notna().any() else NAN
        rows.add("over_capacity", over, "students", f"year {year}", note)
    for first in first_overflow(capacity).to_dict("records"):
        rows.add(
            "overflows_in_year", float(first["year"]), "years",
            str(first["school_id"]), f"grades {first['grades']}: {first['over']:,.0f} too many",
        )  # fmt: skip
