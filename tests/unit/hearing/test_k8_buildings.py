"""A building of two levels in a public packet: what follows from shown totals is told, no more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geodata.reserved import ALL
from planner.disclosure import Release, find_preset, open_gate
from planner.evaluation import Settings, evaluate
from planner.hearing.figures import TODAY, Figures
from planner.hearing.packet import Packet
from planner.hearing.verdicts import told_verdicts
from planner.plan import Plan
from planner.runs.writer import findings_table
from planner.scenario import parse_scenario

LEVEL, OTHER = "elementary", "middle"
OF_BUILDINGS = (
    "utilization",
    "utilization_highest",
    "utilization_lowest",
    "students_over_capacity",
)
CEILING = {"use": "capacity", "ceiling_share": 2.0}


@pytest.fixture
def school(packet: Packet) -> str:
    """Return the school that teaches both levels."""
    return str(packet.today[LEVEL].iloc[0])


@pytest.fixture
def k8(packet: Packet, school: str) -> Packet:
    """Return a packet of one measured plan: a middle school in that building, two zones swapped."""
    current = packet.district.current
    middle = current.loc[current["level"] == OTHER, "school_id"].iloc[0]
    moved = current["school_id"].mask(current["school_id"] == middle, school)
    schools = packet.district.schools.copy()
    schools.loc[school, ["grade_high", "capacity_seats"]] = ["8", 900.0]
    district = replace(
        packet.district, current=current.assign(school_id=moved), schools=schools
    )  # fmt: skip
    zones = Plan.today(district).level(LEVEL).table
    one, two = [name for name in sorted(zones["school_id"].unique()) if name != school][:2]
    swapped = zones["school_id"].replace({one: two, two: one})
    return _measured(replace(packet, district=district), Plan(zones.assign(school_id=swapped)))


def _measured(packet: Packet, plan: Plan) -> Packet:
    asked = {"schema": 1, "title": "t", "district": "district.toml", "levels": [LEVEL]}
    scenario = parse_scenario({**asked, "rule": [CEILING]})
    scored = evaluate(packet.district, plan, scenario, settings=Settings(random_draws=0))
    rules = findings_table(scored)
    first = packet.options[0]
    run = replace(
        first.run, plan=plan, metrics=scored.metrics, rules=rules.assign(ok=rules["ok"] == "yes"),
        record={**first.run.record, "scenario": dict(scenario.resolved)},
    )  # fmt: skip
    return replace(packet, options=(replace(first, run=run),))


def _release(packet: Packet) -> Release:
    plans = {"": Plan.today(packet.district), "A": packet.options[0].plan}
    numbers = Figures(packet).raw()
    return open_gate(packet.district, plans, numbers, preset=find_preset("ten"))


def test_how_full_buildings_are_is_told_where_their_totals_are(k8: Packet, school: str) -> None:
    """The number of a whole level is that of its buildings; its sizes are not, and stay hidden."""
    release = _release(k8)
    inside, public = Figures(k8), Figures(k8, release)
    of_building = inside.get("A", "students", "school", school)
    assert public.get("A", "students", "school", school) == of_building
    for letter in (TODAY, "A"):
        told = [public.get(letter, metric, "level", LEVEL) for metric in OF_BUILDINGS]
        assert told == [inside.get(letter, metric, "level", LEVEL) for metric in OF_BUILDINGS]
        assert public.get(letter, "size_spread", "level", LEVEL).hidden
    without = {k: v for k, v in release.values.items() if k[1:4] != ("students", "school", school)}
    unsure = Figures(k8, replace(release, values=without))
    assert all(unsure.get("A", metric, "level", LEVEL).hidden for metric in OF_BUILDINGS)


def test_a_building_without_a_zone_of_the_level_counts_too(k8: Packet, school: str) -> None:
    """Its students of the other level make it the emptiest: hidden, they hide that."""
    table = k8.options[0].plan.table
    other = next(s for s in table["school_id"] if s != school)
    zones = table.assign(school_id=table["school_id"].replace(school, other))
    one = _measured(k8, Plan(zones))
    release = _release(one)
    key = ("A", "students", "school", school, ALL)
    assert not one.serves(LEVEL, "A", school)
    assert Figures(one, release).get("A", "utilization_lowest", "level", LEVEL).is_known
    unsure = replace(release, values={k: v for k, v in release.values.items() if k != key})
    assert Figures(one, unsure).get("A", "utilization_lowest", "level", LEVEL).hidden


def test_a_verdict_on_seats_is_told_where_all_worlds_fill_them_alike(
    k8: Packet, school: str
) -> None:
    """Students of the other level are those of the same world: one that crams them in denies it."""
    release, option = _release(k8), k8.options[0]
    of_seats = (option.run.rules["rule"] == "capacity").to_numpy()
    assert of_seats.any()
    assert told_verdicts(k8, option, release)[of_seats].all()
    crowded = release.areas.unknowns().values.copy()
    for population in release.areas.populations:
        unit = population.units.get(("A", OTHER))
        if unit is not None:
            crowded[population.index(ALL, np.flatnonzero(unit == school))] = 1e5
    doubtful = replace(release, worlds=np.vstack([release.worlds, crowded]))
    assert not told_verdicts(k8, option, doubtful)[of_seats].any()


def test_students_whom_no_world_varies_leave_the_verdict_untold(k8: Packet) -> None:
    """Where other grades of the building are not among the unknowns, agreeing proves nothing."""
    release, option = _release(k8), k8.options[0]
    known = tuple(
        replace(p, units={at: unit for at, unit in p.units.items() if at != ("A", OTHER)})
        for p in release.areas.populations
    )
    blind = replace(release, areas=replace(release.areas, populations=known))
    of_seats = (option.run.rules["rule"] == "capacity").to_numpy()
    assert not told_verdicts(k8, option, blind)[of_seats].any()
