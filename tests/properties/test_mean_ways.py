"""No small number of a single block can be worked out from mean ways, however many are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from attack import SLACK, STEPS, Attack
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_town import small_town

from geodata import District
from planner.disclosure import Published, Release, find_preset, gate, open_gate
from planner.evaluation import Settings, evaluate
from planner.layers import served_by
from planner.plan import Plan

SIDE = 5
N = SIDE**2
LEVEL = "elementary"
THRESHOLD = 10.0
Numbers = dict[tuple[str, ...], float]


def a_town(seed: int, mean: float, *, schools: int = 3, adds_up: bool = False) -> District:
    """Return 5 × 5 blocks in zones of near schools, with groups, the poor, metres and minutes."""
    chance = np.random.default_rng(seed)
    names = ["A", "B", "C"][:schools]
    at = dict(zip(names, chance.choice(N, schools, replace=False).tolist(), strict=True))
    students = chance.poisson(mean * chance.choice([0.3, 1.0, 2.0], N)).astype(int)
    black = chance.binomial(students, chance.choice([0.1, 0.4], N))
    asian = chance.binomial(students - black, 0.2)
    groups = {"black": black, "asian": asian}
    if adds_up:
        groups["other"] = students - black - asian
    each = np.array([[1.0, 0, 0, 0, 0, 0]])
    x, y = np.arange(N) % SIDE, np.arange(N) // SIDE
    home = np.array(list(at.values()))
    away = np.abs(x[:, None] - x[home]) + np.abs(y[:, None] - y[home])
    nearest = (away + 1.2 * chance.random(away.shape)).argmin(axis=1)
    nearest[home] = np.arange(schools)
    town = small_town(
        {LEVEL: [names[z] for z in nearest]}, at, columns=SIDE, students=students[:, None] * each,
        groups={name: counts[:, None] * each for name, counts in groups.items()},
        poor=chance.binomial(students, 0.4)[:, None] * each, seats=dict.fromkeys(names, 300.0),
    )  # fmt: skip
    remote = chance.choice([1.0, 8.0], (N, 1), p=[0.85, 0.15])  # over the hills
    metres = town.travel.metres * remote
    minutes = metres / 500 * (0.7 + 0.6 * chance.random(metres.shape))
    both = {"metres": metres.astype(np.float32), "minutes": minutes.astype(np.float32)}
    travel = replace(town.travel, **both)
    return replace(town, travel=travel, students=replace(town.students, exhaustive=adds_up))


def plans_of(town: District, *options: list[tuple[int, int]]) -> dict[str, Plan]:
    """Return today's plan, and options that give some blocks to another school."""
    today = Plan.today(town)
    plans = {"": today}
    for letter, flips in zip("AB", options, strict=False):
        table = today.table.copy()
        for block, school in flips:
            name = town.schools.index[school % len(town.schools)]
            table.loc[table["block_id"] == f"{block:03d}", "school_id"] = name
        plans[letter] = Plan(table)
    return plans


def measured(town: District, plans: dict[str, Plan]) -> Numbers:
    """Return every number the package measures."""
    numbers: Numbers = {}
    for letter in plans.keys() - {""}:
        table = evaluate(town, plans[letter], settings=Settings(random_draws=0)).metrics
        for name, column in (("", "baseline"), (letter, "plan")):
            keys = table[["metric", "scope", "id", "group"]].itertuples(index=False, name=None)
            rows = zip(keys, table[column], strict=True)
            numbers |= {(name, *key): float(value) for key, value in rows if not np.isnan(value)}
    return numbers


def let_through(
    town: District, plans: dict[str, Plan], earlier: tuple[Published, ...] = ()
) -> Release:
    """Open the gate."""
    preset = find_preset("ten")
    return open_gate(town, plans, measured(town, plans), preset=preset, earlier=earlier)


def means(public: Numbers) -> list[tuple[str, ...]]:
    """Return the mean ways among public numbers."""
    return [key for key in public if key[1] in STEPS]


def given_away(town: District, plans: dict[str, Plan], public: Numbers) -> Iterator[tuple]:
    """Yield every small number of a block, or of what a group leaves of it, that is found out."""
    ids = town.blocks.index
    owners = {k: served_by(p, LEVEL).reindex(ids).fillna("").tolist() for k, p in plans.items()}
    has_poor = town.students.has(level=LEVEL, poor=True)
    groups = (*town.students.groups, *(["poor"] if has_poor else []))
    attack = Attack(owners, groups, town.students.exhaustive)
    at = {k: town.schools.index.get_indexer(names) for k, names in owners.items()}
    matrices = zip(STEPS, (town.travel.metres, town.travel.minutes), strict=True)
    every = np.arange(len(ids))
    ways = {(k, m): w[every, at[k]] for m, w in matrices if w is not None for k in at}
    system = attack.with_means(attack.system(public), public, ways)
    counts = {g: town.students.count(level=LEVEL, group=g) for g in town.students.groups}
    counts |= {"poor": town.students.count(level=LEVEL, poor=True)} if has_poor else {}
    everybody = town.students.count(level=LEVEL)
    asked = [("all", "", everybody), *((g, "", n) for g, n in counts.items())]
    asked += [("all", g, everybody - n) for g, n in counts.items()]
    for measure, minus, numbers in asked:
        for block in np.flatnonzero(numbers < THRESHOLD).tolist():
            low, high = attack.interval(system, [block], measure, minus)
            if low > SLACK or high < THRESHOLD - SLACK:
                yield block, measure, minus, low, high


flips = st.lists(st.tuples(st.integers(0, N - 1), st.integers(0, 2)), max_size=6)
slow = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@slow
@given(
    st.integers(0, 10**6), st.sampled_from([6.0, 15.0, 60.0]), st.integers(1, 3), st.booleans(),
    flips, flips,
)  # fmt: skip
def test_all_mean_ways_together_tell_of_no_block(
    seed: int, mean: float, schools: int, adds_up: bool, one: list, two: list
) -> None:
    """Schools, level and groups, metres and minutes, today and two options, with every sum."""
    town = a_town(seed, mean, schools=schools, adds_up=adds_up)
    plans = plans_of(town, one, two)
    assert not list(given_away(town, plans, dict(let_through(town, plans).values)))


def a_far_block() -> tuple[District, dict[str, Plan]]:
    """Return five blocks near A, four near B, and six students 30 km away who go to B."""
    x = np.array([0, 400, 0, 400, 800, 2000, 2400, 2000, 2400, 32000])
    y = np.array([0, 0, 400, 400, 0, 0, 0, 400, 400, 0])
    students = np.array([40, 45, 50, 42, 38, 60, 70, 55, 52, 6])
    poor = np.array([20, 21, 26, 20, 19, 31, 34, 27, 25, 4])
    town = a_map(x, y, students, poor, {"A": (200, 200), "B": (2200, 200)}, [*"AAAAABBBBB"])
    return town, plans_of(town, [(4, 1)])


def a_closed_school() -> tuple[District, dict[str, Plan]]:
    """Return three blocks whose school C closes: one option sends them to A, the other to B."""
    x, y = np.array([0, 9000, 2500, 6000, 4200]), np.array([0, 0, 6000, 6500, 2000])
    students = np.array([120, 130, 40, 40, 4])
    schools = {"A": (200, 0), "B": (8800, 0), "C": (4300, 6500)}
    town = a_map(x, y, students, None, schools, [*"ABCCC"])
    return town, plans_of(town, *([(block, to) for block in (2, 3, 4)] for to in (0, 1)))


def a_map(
    x: np.ndarray, y: np.ndarray, students: np.ndarray, poor: np.ndarray | None,
    schools: dict[str, tuple[float, float]], zones: list[str],
) -> District:  # fmt: skip
    """Return blocks and schools at given places, with straight ways between them [m]."""
    each = np.array([[1.0, 0, 0, 0, 0, 0]])
    town = small_town(
        {LEVEL: zones}, {name: zones.index(name) for name in schools}, columns=len(zones),
        students=students[:, None] * each, poor=None if poor is None else poor[:, None] * each,
        seats=dict.fromkeys(schools, 400.0),
    )  # fmt: skip
    at = np.array([schools[name] for name in sorted(schools)])
    metres = np.hypot(x[:, None] - at[:, 0], y[:, None] - at[:, 1]).astype(np.float32)
    return replace(town, travel=replace(town.travel, metres=metres))


@pytest.mark.parametrize("make", [a_far_block, a_closed_school])
def test_means_are_combined_as_an_attacker_combines_them(
    make: Callable[[], tuple[District, dict[str, Plan]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A level's mean less one school's, and one zone's ways to two schools, tell of a block."""
    town, plans = make()
    safe = dict(let_through(town, plans).values)
    assert means(safe)
    assert not list(given_away(town, plans, safe))
    monkeypatch.setattr(gate, "telling_means", lambda *_: frozenset())
    assert list(given_away(town, plans, dict(let_through(town, plans).values)))


def test_what_was_shown_is_decided_again() -> None:
    """A second packet of the same plans shows the same means, in the first one's place."""
    town = a_town(3, 60.0)
    plans = plans_of(town, [(7, 1), (8, 1)])
    first = let_through(town, plans)
    told = Published(plans, first.told, {**first.bounds, **first.about})
    second = let_through(town, plans, (told,))
    assert means(dict(first.values))
    assert set(means(dict(second.values))) == set(means(dict(first.values)))


def test_a_packet_that_told_too_much_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Means that tell of a block are left out of the next packet in its place."""
    town, plans = a_far_block()
    safe = let_through(town, plans)
    with monkeypatch.context() as patch:
        patch.setattr(gate, "telling_means", lambda *_: frozenset())
        leaky = let_through(town, plans)
    told = Published(plans, leaky.told, {**leaky.bounds, **leaky.about})
    again = let_through(town, plans, (told,))
    assert set(means(dict(again.values))) == set(means(dict(safe.values)))
