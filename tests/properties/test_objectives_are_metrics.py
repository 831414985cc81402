"""An aim and the measure that reports it are one number, in the aim's unit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle.graded_town import plan, town

from planner.evaluation import Settings, evaluate
from planner.objectives import (
    BorderLength,
    Compactness,
    Dissimilarity,
    Exposure,
    Isolation,
    ParityGap,
    PovertySpread,
    StudentsMoved,
    Travel,
    UtilizationSpread,
    WalkersToRiders,
)
from planner.problem.build import build_problem

SCHOOLS = ("n", "s", "w")
LEVEL = "elementary"
# aim, metric of the level, group, times
PAIRS = (
    (Dissimilarity("a"), "dissimilarity", "a", 1),
    (Dissimilarity("poor"), "dissimilarity", "poor", 1),
    (Dissimilarity("a", "b"), "dissimilarity", "a|b", 1),
    (Isolation("a"), "isolation", "a", 1),
    (Exposure("a", "b"), "exposure", "a|b", 1),
    (Exposure("b", "poor"), "exposure_to_poverty", "b", 1),
    (ParityGap(), "parity_gap", "all", 100),
    (PovertySpread(), "poverty_distance", "all", 100),
    (Travel("km"), "travel_mean_metres", "all", 0.001),
    (StudentsMoved(), "students_moved", "all", 1),
    (WalkersToRiders(), "walkers_to_riders", "all", 1),
    (UtilizationSpread("seats"), "utilization_spread", "all", 100),
    (UtilizationSpread("mean", "worst"), "size_spread", "all", 100),
    (BorderLength(), "border_length", "all", 0.001),
)


def _rows(zones: np.ndarray) -> list[tuple[str, ...]]:
    return [(f"0{b}", LEVEL, SCHOOLS[z], "", "") for b, z in enumerate(zones)]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_aims_and_metrics_agree(seed: int) -> None:
    """On random plans every aim has the value that the metrics table shows."""
    rng = np.random.default_rng(seed)
    n = 8
    groups = rng.integers(20, 60, (2, n)).astype(float)
    cells = {
        ("*", "*", "*"): groups.sum(axis=0),
        ("*", "a", "*"): groups[0],
        ("*", "b", "*"): groups[1],
        ("*", "*", "poor"): np.floor(groups.sum(axis=0) * rng.random(n)),
    }
    home = {"n": 0, "s": 4, "w": 7}
    today, chosen = rng.integers(0, 3, n), rng.integers(0, 3, n)
    for zones in (today, chosen):
        zones[[0, 4, 7]] = [0, 1, 2]
    district = town(
        cells,
        home,
        levels={LEVEL: "K-5"},
        today=_rows(today),
        seats=dict(zip(SCHOOLS, rng.integers(100, 300, 3).astype(float), strict=True)),
        single_counts=(LEVEL,),
        exhaustive=True,
    )
    drawn = plan(_rows(chosen))
    problem = build_problem(district, LEVEL)
    zone_of = drawn.zone_index(problem)
    scored = evaluate(district, drawn, settings=Settings(random_draws=1))
    for aim, metric, group, times in PAIRS:
        told = scored.value(metric, "level", LEVEL, group) * times
        assert aim.measure(problem, zone_of) == pytest.approx(told, abs=1e-9), metric
        assert aim.amount(problem).value(problem, zone_of) == pytest.approx(told, abs=1e-6), metric
    mean = scored.value("polsby_popper_mean", "level", LEVEL)
    assert Compactness().measure(problem, zone_of) == pytest.approx(3 * (1 - mean))
