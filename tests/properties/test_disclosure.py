"""No small number can be worked out from what the gate lets through."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from attack import SLACK, Attack
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_town import small_town

from geodata import District
from planner.disclosure import Published, Release, find_preset, open_gate
from planner.errors import DisclosureError
from planner.evaluation import Settings, evaluate
from planner.layers import served_by
from planner.plan import Plan

SIDE = 5
SCHOOLS = ("A", "B", "C")
THRESHOLD = 10.0


def a_town(
    seed: int, mean: float, *, groups: bool = True, poor: bool = True, asian: float = 0.2
) -> District:
    """Return 5 × 5 blocks with three schools and students of random groups.

    Of those who are not black, a share is `asian`.
    """
    chance = np.random.default_rng(seed)
    n = SIDE**2
    at = dict(zip(SCHOOLS, chance.choice(n, len(SCHOOLS), replace=False).tolist(), strict=True))
    students = chance.poisson(mean, n).astype(float)
    black = chance.binomial(students.astype(int), 0.3).astype(float)
    few = chance.binomial((students - black).astype(int), asian).astype(float)
    each = np.array([[1.0, 0, 0, 0, 0, 0]])
    return small_town(
        {"elementary": zones_near(at, chance)},
        at,
        columns=SIDE,
        students=students[:, None] * each,
        groups={"black": black[:, None] * each, "asian": few[:, None] * each} if groups else None,
        poor=chance.binomial(students.astype(int), 0.4)[:, None] * each if poor else None,
        seats=dict.fromkeys(SCHOOLS, 200.0),
    )


def zones_near(at: dict[str, int], chance: np.random.Generator) -> list[str]:
    """Give each block to a near school."""
    x, y = np.arange(SIDE**2) % SIDE, np.arange(SIDE**2) // SIDE
    home = np.array([at[s] for s in SCHOOLS])
    away = np.abs(x[:, None] - x[home]) + np.abs(y[:, None] - y[home])
    nearest = (away + 1.2 * chance.random(away.shape)).argmin(axis=1)
    nearest[home] = np.arange(len(SCHOOLS))
    return [SCHOOLS[z] for z in nearest]


def a_plan(district: District, flips: list[tuple[int, int]]) -> Plan:
    """Return today's plan with some blocks given to another school."""
    table = Plan.today(district).table.copy()
    for block, school in flips:
        table.loc[table["block_id"] == f"{block:03d}", "school_id"] = SCHOOLS[school]
    return Plan(table)


def numbers_of(district: District, plans: dict[str, Plan]) -> dict[tuple[str, ...], float]:
    """Count students by school, level and flow, as metrics.csv and moves.csv name them."""
    numbers: dict[tuple[str, ...], float] = {}
    attack = attack_on(district, {"": Plan.today(district), **plans})
    counts = counts_of(district, attack)
    today = np.array(attack.owners[""])
    for plan, owners in attack.owners.items():
        owner = np.array(owners)
        moved = owner != today
        for group, values in counts.items():
            places = [("school", s, owner == s) for s in SCHOOLS]
            for scope, name, where in [*places, ("level", "elementary", owner != "")]:
                total = values[where].sum()
                numbers[plan, "students", scope, name, group] = total
                if group != "all" and counts["all"][where].sum() > 0:
                    share = total / counts["all"][where].sum()
                    numbers[plan, "share", scope, name, group] = share
            scope = "level" if group == "all" else "group"
            numbers[plan, "students_moved", scope, "elementary", group] = values[moved].sum()
        for a, b in {(x, y) for x, y in zip(today[moved], owner[moved], strict=True)}:
            flow = counts["all"][(today == a) & (owner == b)].sum()
            numbers[plan, "moved", "flow", f"{a}>{b}", "elementary"] = flow
    return numbers


def measured(district: District, plan: Plan) -> dict[tuple[str, ...], float]:
    """Return every number the package measures on a plan, and on today's."""
    table = evaluate(district, plan, settings=Settings(random_draws=0)).metrics
    names = list(table[["metric", "scope", "id", "group"]].itertuples(index=False, name=None))
    return {
        (letter, *name): value
        for letter, column in (("A", "plan"), ("", "baseline"))
        for name, value in zip(names, table[column], strict=True)
        if not np.isnan(value)
    }


def counts_of(district: District, attack: Attack) -> dict[str, np.ndarray]:
    """Return the students of each block by measure."""
    counts = {"all": district.students.count(level="elementary")}
    for group in district.students.groups:
        counts[group] = district.students.count(level="elementary", group=group)
    if "poor" in attack.groups:
        counts["poor"] = district.students.count(level="elementary", poor=True)
    return counts


def attack_on(district: District, plans: dict[str, Plan], *, exclusive: bool = False) -> Attack:
    """Put an attacker before the plans."""
    owners = {
        name: served_by(plan, "elementary").reindex(district.blocks.index).fillna("").tolist()
        for name, plan in plans.items()
    }
    groups = (*district.students.groups, *(["poor"] if district.students.has(poor=True) else []))
    return Attack(owners, groups, exclusive)


def small_numbers(district: District, attack: Attack) -> list[tuple[list[int], str, str]]:
    """Return every area and group (or rest) with fewer students than the threshold."""
    areas: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for block in range(attack.n):
        areas[tuple(owner[block] for owner in attack.owners.values())].append(block)
    counts = counts_of(district, attack)
    found = []
    for blocks in areas.values():
        for measure, values in counts.items():
            if values[blocks].sum() < THRESHOLD:
                found.append((blocks, measure, ""))
            if measure != "all" and (counts["all"] - values)[blocks].sum() < THRESHOLD:
                found.append((blocks, "all", measure))
    return found


def assert_safe(
    district: District, plans: dict[str, Plan], public: dict[tuple[str, ...], float]
) -> None:
    """Assert that the attacker can exclude neither 0 nor the threshold for any small number."""
    attack = attack_on(district, plans)
    system = attack.system(public)
    for blocks, measure, minus in small_numbers(district, attack):
        low, high = attack.interval(system, blocks, measure, minus)
        assert low <= SLACK, (blocks, measure, minus, low, high)
        assert high >= THRESHOLD - SLACK, (blocks, measure, minus, low, high)


def let_through(
    district: District, plans: dict[str, Plan], earlier: tuple[Published, ...] = ()
) -> Release:
    """Open the gate for today's plan and some options."""
    numbers = numbers_of(district, {k: p for k, p in plans.items() if k})
    return open_gate(district, plans, numbers, preset=find_preset("ten"), earlier=earlier)


flips = st.lists(st.tuples(st.integers(0, SIDE**2 - 1), st.integers(0, 2)), max_size=6)
quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(st.integers(0, 10**6), st.sampled_from([3.0, 12.0, 40.0]), flips, flips)
def test_an_attacker_with_a_linear_program_learns_no_small_number(
    seed: int, mean: float, one: list[tuple[int, int]], two: list[tuple[int, int]]
) -> None:
    """Over schools, groups, flows and the differences between two options and today."""
    district = a_town(seed, mean)
    plans = {"": Plan.today(district), "A": a_plan(district, one), "B": a_plan(district, two)}
    assert_safe(district, plans, dict(let_through(district, plans).values))


@quick
@given(st.integers(0, 10**6), flips, flips)
def test_two_packets_one_after_the_other_are_safe_together(
    seed: int, one: list[tuple[int, int]], two: list[tuple[int, int]]
) -> None:
    """The second packet is decided with the first in mind."""
    district = a_town(seed, 15.0, poor=False)
    today = Plan.today(district)
    first_plans = {"": today, "A": a_plan(district, one)}
    first = let_through(district, first_plans)
    told = Published(first_plans, first.told, first.bounds)
    second_plans = {"": today, "A": a_plan(district, two)}
    second = let_through(district, second_plans, (told,))
    both = dict(first.values) | {
        ("C" if key[0] else "", *key[1:]): value for key, value in second.values.items()
    }
    assert_safe(district, {**first_plans, "C": second_plans["A"]}, both)


def test_without_the_gate_the_attacker_succeeds() -> None:
    """The attack has teeth: four students who move alone are found out to the last one."""
    district = a_town(5, 12.0)
    plans = {"": Plan.today(district)}
    home = [i for i, o in enumerate(attack_on(district, plans).owners[""]) if o == "A"]
    counts = district.students.count(level="elementary")
    block = min(home, key=lambda i: counts[i])
    plans["A"] = a_plan(district, [(block, 1)])
    numbers = numbers_of(district, {"A": plans["A"]})
    found = 0
    attack = attack_on(district, plans)
    system = attack.system(numbers)
    for blocks, measure, minus in small_numbers(district, attack):
        low, high = attack.interval(system, blocks, measure, minus)
        found += high - low < 0.5
    assert found
    assert_safe(district, plans, dict(let_through(district, plans).values))


def test_rates_are_rounded_and_every_world_rounds_alike() -> None:
    """An index is shown in hundredths, a way in tenths of a mile; neither tells more."""
    district = a_town(11, 60.0)
    plans = {"": Plan.today(district), "A": a_plan(district, [(3, 1), (7, 2), (12, 0)])}
    numbers = measured(district, plans["A"])
    release = open_gate(district, plans, numbers, preset=find_preset("ten"))
    shown = [key for key in release.values if key[1] in ("dissimilarity", "travel_mean_metres")]
    assert shown
    for key in shown:
        grain = 0.01 if key[1] == "dissimilarity" else 160.9344
        assert release.values[key] / grain == pytest.approx(round(release.values[key] / grain))


def test_numbers_that_are_not_understood_are_not_shown() -> None:
    """The gate is closed by default."""
    district = a_town(2, 30.0)
    plans = {"": Plan.today(district), "A": a_plan(district, [(1, 1)])}
    numbers = measured(district, plans["A"])
    assert {"walkers", "gini", "travel_longest_metres"} <= {key[1] for key in numbers}
    release = open_gate(district, plans, numbers, preset=find_preset("ten"))
    assert not {key[1] for key in release.values} & {"walkers", "gini", "travel_longest_metres"}


def test_a_wrong_number_is_not_shown() -> None:
    """A figure of the run that the district's own counts do not give stays inside."""
    district = a_town(2, 60.0)
    plans = {"": Plan.today(district), "A": a_plan(district, [(1, 1)])}
    numbers = numbers_of(district, {"A": plans["A"]})
    key = ("A", "students", "school", "A", "all")
    numbers[key] += 1.0
    release = open_gate(district, plans, numbers, preset=find_preset("ten"))
    assert key not in release.values


def test_what_is_public_already_cannot_be_saved() -> None:
    """Where an earlier packet gave a number away, the next one is refused."""
    district = a_town(5, 6.0, groups=False, poor=False)
    owners = attack_on(district, {"": Plan.today(district)}).owners[""]
    counts = district.students.count(level="elementary")
    block = min((i for i, o in enumerate(owners) if o == "A"), key=lambda i: counts[i])
    plans = {"": Plan.today(district), "A": a_plan(district, [(block, 1)])}
    numbers = numbers_of(district, {"A": plans["A"]})
    everything = frozenset(k for k in numbers if k[1] in ("students", "moved", "students_moved"))
    with pytest.raises(DisclosureError, match="already give away"):
        let_through(district, plans, (Published(plans, everything),))


def test_coded_shares_hide_how_small_a_group_is() -> None:
    """With coding, a group below 5 % is shown as "at most", and stays safe."""
    district = a_town(8, 150.0, poor=False, asian=0.04)
    plans = {"": Plan.today(district), "A": a_plan(district, [(4, 2), (9, 1)])}
    numbers = numbers_of(district, {"A": plans["A"]})
    release = open_gate(district, plans, numbers, preset=find_preset("ten_coded"))
    assert {key[4] for key in release.bounds} == {"asian"}
    for key, (low, high) in release.bounds.items():
        assert low <= numbers[key] <= high
        assert high - low >= THRESHOLD
        assert key not in release.values


def test_ten_to_twenty_students_of_a_group_are_shown_in_whole_percent_only() -> None:
    """Their number stays a range, and that range hides every small number too."""
    district = a_town(8, 12.0, poor=False)
    plans = {"": Plan.today(district), "A": a_plan(district, [(4, 2), (9, 1)])}
    numbers = numbers_of(district, {"A": plans["A"]})
    release = open_gate(district, plans, numbers, preset=find_preset("ten_percent"))
    assert release.about
    for key, (low, high) in release.about.items():
        assert low < numbers[key] <= 20
        assert numbers[key] < high
        assert key not in release.values
        share = release.values.get((key[0], "share", *key[2:]))
        assert share is None or share == pytest.approx(round(share, 2))
    counted = {k: v for k, v in release.values.items() if k[1] == "students" and k[4] != "all"}
    assert not [key for key, value in counted.items() if 0 < value <= 20]


@pytest.mark.parametrize(("name", "least"), [("five", 5), ("eleven", 11), ("sixteen", 16)])
def test_a_preset_hides_every_number_below_its_own(name: str, least: float) -> None:
    """Hiding ten or fewer is a threshold of eleven."""
    district = a_town(3, 12.0)
    plans = {"": Plan.today(district), "A": a_plan(district, [(4, 2), (9, 1), (2, 0)])}
    numbers = numbers_of(district, {"A": plans["A"]})
    release = open_gate(district, plans, numbers, preset=find_preset(name))
    shown = [v for k, v in release.values.items() if k[1] in ("students", "moved")]
    assert release.threshold == least <= min(shown)


@pytest.mark.parametrize("threshold", [0.0, 1.0, float("nan")])
def test_a_threshold_that_hides_nothing_is_refused(threshold: float) -> None:
    """One student is never a crowd."""
    with pytest.raises(DisclosureError, match="hides nothing"):
        find_preset("ten", threshold)


def test_an_unknown_preset_names_those_there_are() -> None:
    """The message helps."""
    with pytest.raises(DisclosureError, match="fifteen"):
        find_preset("secret")
