"""Parity sought under a scenario's rules: the plan, what it costs, and what is proven about it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.errors import InfeasibleError, SolverError
from planner.metrics.travel import travel_mean, travel_percentile
from planner.parity.band import BandSearch, least_band
from planner.parity.gap_bound import gap_lower_bound
from planner.parity.limits import integration_limits
from planner.parity.record import ParityRecord, parity_record, poverty_furthest
from planner.problem import Floats, Ints, Problem
from planner.rules import BalanceBand
from planner.scenario import PlacedRule, Scenario
from planner.solve import SolveStatus, solve

if TYPE_CHECKING:
    from geodata import District
    from planner.plan import Plan
    from planner.solve import Solution

ROUNDS = 3  # solves, each with the limits the one before broke

__all__ = ["Cost", "LevelParity", "narrow_band", "reach_parity"]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a plan costs families of one level.

    Parameters
    ----------
    moved : float [students]
        Students whose zone is another than today.
    students : float [students]
    travel_mean_m, travel_p90_m : (today, plan) [m]
        NaN where ways are unknown.
    """

    moved: float
    students: float
    travel_mean_m: tuple[float, float]
    travel_p90_m: tuple[float, float]

    def sentence(self) -> str:
        """Say the cost in words."""
        mean, high = self.travel_mean_m, self.travel_p90_m
        share = self.moved / self.students
        return (
            f"{self.moved:,.0f} of {self.students:,.0f} students ({share:.0%}) "
            f"change school; the mean way goes from {mean[0] / 1000:.2f} to {mean[1] / 1000:.2f} "
            f"km, nine of ten from at most {high[0] / 1000:.2f} to {high[1] / 1000:.2f} km"
        )


@dataclass(frozen=True, slots=True, eq=False)
class LevelParity:
    """Parity of one level.

    Parameters
    ----------
    level : str
    record : ParityRecord
    band : BandSearch
    gap_bound_points : float or None [percentage points]
        No plan that keeps the rules has a smaller gap; None where nothing is proven.
    cost : Cost
    zone_of : (n,) int32
    """

    level: str
    record: ParityRecord
    band: BandSearch
    gap_bound_points: float | None
    cost: Cost
    zone_of: Ints

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "level": self.level,
            "axes": self.record.table().to_dict("records"),
            "gap": list(self.record.gap),
            "gap_bound_points": self.gap_bound_points,
            "guaranteed_at_most": dict(self.record.at_most),
            "band_impossible_points": self.band.impossible_points,
            "band_reached_points": self.band.reached_points,
            "separate_but_equal": list(self.record.separated),
            "moved": self.cost.moved,
            "travel_mean_m": list(self.cost.travel_mean_m),
            "travel_p90_m": list(self.cost.travel_p90_m),
            "sentences": self.sentences(),
        }

    def sentences(self) -> list[str]:
        """Say everything in words."""
        bound = (
            "No lower bound on the gap is claimed: the valid relaxation proves nothing above 0."
            if self.gap_bound_points is None
            else f"No plan that keeps the rules has a gap below {self.gap_bound_points:.1f} points."
        )
        band = self.band.sentence()
        return [
            *self.record.sentences(),
            bound,
            f"Band: {band[0].lower()}{band[1:]}.",
            f"Cost: {self.cost.sentence()}.",
        ]


def reach_parity(
    scenario: Scenario,
    district: District,
    *,
    allowance: float | None = 0.0,
    time_limit_s: float | None = None,
    iterations: int | None = None,
    proof_seconds: float = 60.0,
    threads: int | None = None,
) -> tuple[Solution, tuple[LevelParity, ...]]:
    """Solve a scenario and prove what can be proven about parity.

    Parameters
    ----------
    scenario : Scenario
        Its first objective should be ``parity_gap`` (race-conscious) or ``poverty_spread``.
    district : District
    allowance : float or None [share]
        Isolation and dissimilarity may rise above today's by this much, so that parity is not
        bought with separation: limits that a plan breaks are added and it is solved again, up to
        three times.  None, or a scenario that is not race-conscious: only watched.
    time_limit_s : float, optional [s]
    iterations : int, optional
    proof_seconds : float [s]
        For the proofs of each level.
    threads : int, optional

    Raises
    ------
    InfeasibleError, SolverError
        Where there is no plan, or none was found.
    """
    problems = scenario.problems(district)
    asked = scenario
    for attempt in range(ROUNDS):
        solution = solve(
            asked,
            time_limit_s=time_limit_s,
            iterations=iterations,
            threads=threads,
            district=district,
        )
        if solution.plan is None:
            raise _no_plan(solution, scenario)
        limits: list[PlacedRule] = []
        if allowance is not None and scenario.race_conscious and attempt + 1 < ROUNDS:
            limits = _broken_limits(problems, solution.plan, allowance)
        if not limits:
            break
        asked = replace(asked, rules=(*asked.rules, *limits))
    plans = {level: solution.plan.zone_index(p) for level, p in problems.items() if solution.plan}
    levels = (
        _level(scenario, problem, level, plans[level], proof_seconds)
        for level, problem in problems.items()
    )
    return solution, tuple(levels)


def narrow_band(
    scenario: Scenario,
    district: District,
    found: LevelParity,
    *,
    tries: int = 3,
    seconds: float = 60.0,
    threads: int | None = None,
) -> LevelParity:
    """Search plans with ever narrower bands of poverty, between what is impossible and reached.

    Maths   each try asks for ``|p[z]/t[z] - P| <= δ`` at every school, δ half way between the
            largest band proven impossible and the least one reached

    Parameters
    ----------
    scenario : Scenario
    district : District
    found : LevelParity
        From `reach_parity`.
    tries : int
    seconds : float [s]
        For each try.
    threads : int, optional

    Returns
    -------
    LevelParity
        Of the plan with the narrowest band found; `found` where no try succeeds.
    """
    problem = scenario.problems(district)[found.level]
    best, low = found, found.band.impossible_points
    for _ in range(tries):
        points = (low + best.band.reached_points) / 2
        rule = PlacedRule(BalanceBand(within_points=points), (found.level,))
        solution = solve(
            replace(scenario, rules=(*scenario.rules, rule), levels=(found.level,)),
            time_limit_s=seconds,
            threads=threads,
            district=district,
        )
        if solution.plan is None:
            low = points  # not found, which proves nothing
            continue
        plan = solution.plan.zone_index(problem)
        reached = 100 * poverty_furthest(problem, plan)
        best = replace(
            best,
            record=parity_record(problem, problem.current, plan),
            band=replace(best.band, reached_points=reached),
            cost=_cost(problem, plan),
            zone_of=plan,
        )
    return best


def _no_plan(solution: Solution, scenario: Scenario) -> InfeasibleError | SolverError:
    kind = InfeasibleError if solution.status is SolveStatus.INFEASIBLE else SolverError
    return kind(
        f"{scenario.title}: {solution.status}; {' '.join(solution.broken)}",
        "parity cannot be measured without a plan",
        "loosen the rules, or give more time",
    )


def _broken_limits(problems: dict[str, Problem], plan: Plan, allowance: float) -> list[PlacedRule]:
    """Return the limits on separation, taken from today's zones, that a plan breaks."""
    return [
        PlacedRule(rule, (level,))
        for level, problem in problems.items()
        for rule in integration_limits(problem, problem.current, allowance=allowance)
        if not all(f.ok for f in rule.check(problem, plan.zone_index(problem)))
    ]


def _level(
    scenario: Scenario, problem: Problem, level: str, plan: Ints, seconds: float
) -> LevelParity:
    constraints = scenario.constraints(problem)
    band = least_band(problem, constraints, plan=plan, seconds=seconds)
    bound = gap_lower_bound(problem, constraints, seconds=seconds).value
    return LevelParity(
        level,
        parity_record(problem, problem.current, plan),
        band,
        bound if bound is not None and bound > 1e-6 else None,
        _cost(problem, plan),
        plan,
    )


def _cost(problem: Problem, plan: Ints) -> Cost:
    known = problem.current >= 0
    moved = float(problem.students[known & (plan != problem.current)].sum())
    today, new = _way(problem, problem.current), _way(problem, plan)
    n = problem.students
    return Cost(
        moved,
        float(n.sum()),
        (travel_mean(today, n), travel_mean(new, n)),
        (travel_percentile(today, n), travel_percentile(new, n)),
    )


def _way(problem: Problem, zone_of: Ints) -> Floats:
    way = problem.metres[np.arange(problem.n_blocks), zone_of].astype(np.float64)
    return np.where(zone_of >= 0, way, math.nan)
