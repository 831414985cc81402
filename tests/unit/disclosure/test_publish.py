"""What a packet tells when it is made once more."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from packet_numbers import packet_numbers
from small_town import small_town

from geodata import District
from planner.disclosure import (
    RECORD,
    find_preset,
    open_gate,
    publish,
    published_before,
    record_text,
)
from planner.plan import Plan

SIDE = 10
AT = {"A": 0, "B": 9, "C": 90, "D": 99}
Key = tuple[str, str, str, str, str]


def a_town(seed: int) -> District:
    """Return 10 × 10 blocks with four schools, two groups and the poor."""
    chance = np.random.default_rng(seed)
    row = ["A"] * 5 + ["B"] * 5
    zones = {"elementary": row * 5 + ["C" if s == "A" else "D" for s in row] * 5}
    students = chance.poisson(3.0, (SIDE**2, 6)).astype(float)
    parts = chance.multinomial(6, [0.1, 0.2, 0.7], SIDE**2)[:, :2] / 6
    groups = {n: np.floor(students * parts[:, [at]]) for at, n in enumerate(("asian", "black"))}
    poor = chance.binomial(students.astype(int), 0.2).astype(float)
    return small_town(zones, AT, columns=SIDE, students=students, groups=groups, poor=poor)


def plans_of(town: District, seed: int) -> dict[str, Plan]:
    """Return today's plan and one in which some blocks go to other schools."""
    table = Plan.today(town).table.copy()
    chance = np.random.default_rng(seed)
    at = chance.choice(len(table), 9, replace=False)
    table.loc[at, "school_id"] = chance.choice(list(AT), 9)
    return {"": Plan.today(town), "A": Plan(table)}


def test_a_packet_made_once_more_tells_the_same(tmp_path: Path) -> None:
    """Beside itself the proof would lose a mean way here; the packet keeps it."""
    town, ten = a_town(17), find_preset("ten")
    plans = plans_of(town, 17)
    numbers = packet_numbers(town, plans["A"])
    first, told = publish(town, plans, numbers, preset=ten)
    folder = tmp_path / "packets" / "one"  # away from what other tests publish
    folder.mkdir(parents=True)
    (folder / RECORD).write_text(record_text([], told), encoding="utf-8")
    before = published_before(folder, town)
    beside = open_gate(town, plans, numbers, preset=ten, earlier=before)
    assert {key[1] for key in first.told - beside.told} == {"travel_mean_metres"}
    again, _ = publish(town, plans, numbers, preset=ten, earlier=before)
    assert (again.values, again.told) == (first.values, first.told)
