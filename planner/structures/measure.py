"""One table of measures for any arrangement of schools and grades.

Integration is measured within grades (see `planner.metrics.stratified`), by the very functions
every other report uses.  A row whose data is missing has no value and says why.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.errors import counted
from planner.metrics.siblings import buildings_per_family, siblings_together
from planner.metrics.transitions import cohort_kept_together, transitions, years_per_building
from planner.metrics.travel import (
    travel_longest,
    travel_mean,
    travel_percentile,
    travel_unknown,
    walkers,
    walkers_to_riders,
)
from planner.structures.ageing import first_overflow
from planner.structures.arrangement import Arrangement
from planner.structures.families import buildings_of_households, drop_off_m, siblings_in_households
from planner.structures.integration import add_integration, add_poverty
from planner.structures.residents import Residents
from planner.structures.service import class_evenness, sections, student_metres
from planner.structures.setting import Rows, Setting

__all__ = ["MEASURE_COLUMNS", "measure_arrangement", "measure_integration"]

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
    arrangement.require_served(setting.residents.students)
    rows = Rows()
    add_integration(rows, arrangement, setting)
    add_poverty(rows, arrangement, setting)
    _family(rows, arrangement, setting)
    _travel(rows, arrangement, setting)
    _walking(rows, arrangement, setting)
    _classes(rows, arrangement, setting)
    _capacity(rows, arrangement, setting)
    return pd.DataFrame(rows.all, columns=MEASURE_COLUMNS)


def measure_integration(arrangement: Arrangement, setting: Setting) -> pd.DataFrame:
    """Measure only who meets whom and who meets how much poverty, as `measure_arrangement`."""
    rows = Rows()
    add_integration(rows, arrangement, setting)
    add_poverty(rows, arrangement, setting)
    return pd.DataFrame(rows.all, columns=MEASURE_COLUMNS)


def _family(rows: Rows, arrangement: Arrangement, setting: Setting) -> None:
    weight, school_of = setting.residents.students.sum(axis=1), arrangement.school_of
    homes, unknown = setting.households, setting.residents.unknown_note("students")
    how = "counted in households" if homes is not None else "formula: children of any two grades"
    span = f"grades {arrangement.grades[0]} to {arrangement.grades[-1]}"
    changes, years = transitions(school_of, weight), years_per_building(school_of, weight)
    rows.add("transitions", changes, "changes", note=span, unknown=unknown)
    rows.add("years_per_building", years, "years", unknown=unknown)
    kept = cohort_kept_together(school_of, setting.residents.students)
    rows.add("cohort_kept_together", kept, "share", unknown=unknown or "nobody changes building")
    for gap in range(1, 5):
        share = (
            siblings_together(school_of, weight, gap)
            if homes is None
            else siblings_in_households(arrangement, gap, homes)
        )
        apart = f"{gap} grades apart"
        rows.add("siblings_together", share, "share", apart, note=how, unknown=unknown)
    many = (
        buildings_per_family(school_of, weight)
        if homes is None
        else buildings_of_households(arrangement, homes)
    )
    rows.add("buildings_per_family", many, "buildings", note=how, unknown=unknown)
    now, then = (
        drop_off_m(a, setting.metres, setting.gaps_m, weight, households=homes)
        for a in (setting.base, arrangement)
    )
    how = f"{how}; between schools: {setting.gaps_method or 'method not stated'}"
    rows.add("drop_off_round", then, "m", note=how, unknown=unknown)
    rows.add("drop_off_round_change", then - now, "m", note=how, unknown=unknown)


def _travel(rows: Rows, arrangement: Arrangement, setting: Setting) -> None:
    residents = setting.residents
    for unit, matrix in (("m", setting.metres), ("min", setting.minutes)):
        name = "travel" if unit == "m" else "travel_time"
        if matrix is None:
            rows.missing((f"{name}_mean",), "the district has no travel times")
            continue
        way = student_metres(arrangement, matrix)
        before = student_metres(setting.base, matrix)
        whom = {"": residents.students, **residents.groups, "poor": residents.poor}
        for group, counts in whom.items():
            if counts is None:
                continue
            left_out = travel_unknown(way, counts)
            why = (
                f"{counted(round(left_out), 'student')} left out: way unknown"
                if left_out > 0
                else ""
            )
            gone = _unknown(residents, group)
            ways = {
                "mean": travel_mean(way, counts),
                "mean_change": travel_mean(way - before, counts),  # where known both times
                "p90": travel_percentile(way, counts),
            }
            if not group:
                ways["longest"] = travel_longest(way, counts)
            for what, value in ways.items():
                rows.add(f"{name}_{what}", value, unit, group, why=why, unknown=gone)
    before_known = setting.base.school_of >= 0
    moved = (arrangement.school_of != setting.base.school_of) & before_known
    for group, counts in {"": residents.students, **residents.groups}.items():
        many, gone = float(counts[moved].sum()), _unknown(residents, group)
        rows.add("students_moved", many, "students", group, unknown=gone)


def _unknown(residents: Residents, group: str) -> str:
    """Say where the count of a group, of the poor or (empty) of all is unknown."""
    return residents.unknown_note({"": "students", "poor": "poor"}.get(group, f"group:{group}"))


def _walking(rows: Rows, arrangement: Arrangement, setting: Setting) -> None:
    if setting.walk_m is None:
        rows.missing(("walkers", "walkers_lost"), "no walking distance is stated (walk_km)")
        return
    before = student_metres(setting.base, setting.metres)
    after = student_metres(arrangement, setting.metres)
    how = {"note": "by distance; hazards are not known"}
    for group, counts in {"": setting.residents.students, **setting.residents.groups}.items():
        can, lose = 0.0, 0.0
        for limit in np.unique(setting.walk_m):
            at = setting.walk_m == limit
            if not counts[:, at].any():
                continue  # nobody there to walk; unknown counts are no zeros
            can += walkers(after[:, at], counts[:, at], float(limit))
            lose += walkers_to_riders(before[:, at], after[:, at], counts[:, at], float(limit))
        how["unknown"] = _unknown(setting.residents, group)
        rows.add("walkers", can, "students", group, **how)
        rows.add("walkers_lost", lose, "students", group, **how)


def _classes(rows: Rows, arrangement: Arrangement, setting: Setting) -> None:
    if setting.class_size is None:
        rows.missing(("sections", "class_spread"), "no class size is stated (class_size)")
        return
    why = setting.residents.unknown_note("students")
    table = sections(arrangement, setting.residents.students, setting.class_size)
    rows.add("sections", float(table["sections"].sum(skipna=False)), "sections", why=why)
    even = class_evenness(table, arrangement.grades)
    unknown = set(table.loc[table["students"].isna(), "grade"])
    widest = NAN if unknown else float(even["spread"].max())
    rows.add("class_spread", widest, "students", note="widest grade", why=why)
    for grade, spread in zip(even["grade"], even["spread"], strict=True):
        value = NAN if grade in unknown else float(spread)
        rows.add("class_spread_by_grade", value, "students", f"grade {grade}")


def _capacity(rows: Rows, arrangement: Arrangement, setting: Setting) -> None:
    capacity = setting.capacity(arrangement)
    unknown = int(capacity.loc[capacity["year"] == 0, "seats"].isna().sum())
    why = f"{unknown} schools without a known capacity are left out" if unknown else ""
    why = "; ".join(part for part in (setting.residents.unknown_note("students"), why) if part)
    for year in dict.fromkeys((0, setting.ageing.years)):
        at = capacity[capacity["year"] == year]
        at = at[at["seats"].notna()]
        for name, end in (("fullest", "max"), ("emptiest", "min")):
            share = float(at["utilization"].agg(end, skipna=False)) if len(at) else NAN
            rows.add(name, share, "share", f"year {year}", why=why)
        over = float(at["over"].sum(skipna=False)) if len(at) else NAN
        rows.add("over_capacity", over, "students", f"year {year}", why=why)
    for first in first_overflow(capacity).to_dict("records"):
        rows.add(
            "overflows_in_year", float(first["year"]), "years",
            str(first["school_id"]),
            note=f"grades {first['grades']}: {first['over']:,.0f} too many",
        )  # fmt: skip
