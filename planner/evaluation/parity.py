"""Was a smaller gap between groups bought with separate schools?  Said level by level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.reserved import ALL, POOR
from planner.evaluation.integration import integration
from planner.evaluation.measure import Numbers, both_scenes, measure
from planner.evaluation.poverty import poverty
from planner.evaluation.scene import Scene
from planner.evaluation.settings import Settings
from planner.metrics.separate_but_equal import LEAST_FALL, separate_but_equal
from planner.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geodata import District
    from planner.scenario import Scenario

__all__ = ["SEPARATION", "Separation", "flag_separation", "judge_separation"]

SEPARATION = ("isolation_excess", "dissimilarity")


@dataclass(frozen=True, slots=True)
class Separation:
    """The verdict on one level.

    Parameters
    ----------
    level : str
    parity_gap : (today, plan) [share]
        NaN where it is unknown: then there is no verdict.
    by_grade : bool
        Whether it was judged within grades.
    tolerance : float [share]
        Rises up to this much are not flagged.
    worse : tuple of str
        What rises although the gap falls; empty: no flag.
    why_not : str
        Why there is no verdict.
    """

    level: str
    parity_gap: tuple[float, float]
    by_grade: bool
    tolerance: float
    worse: tuple[str, ...] = ()
    why_not: str = ""

    @property
    def judged(self) -> bool:
        """Whether there is a verdict."""
        return not np.isnan(self.parity_gap).any()

    def sentence(self) -> str:
        """Say the verdict in words."""
        if not self.judged:
            return f"Separate but equal? {self.level}: not judged; {self.why_not}."
        today, now = (100 * value for value in self.parity_gap)
        where = " within grades" if self.by_grade else ""
        if not now < today:
            return (
                f"Separate but equal? No, {self.level}: the parity gap{where} does not fall "
                f"({today:.1f} points today, {now:.1f} under the plan)."
            )
        if today - now < 100 * LEAST_FALL:
            return (
                f"Separate but equal? No, {self.level}: the parity gap{where} is as today "
                f"({today:.2f} points today, {now:.2f} under the plan)."
            )
        falls = f"the parity gap{where} falls from {today:.1f} to {now:.1f} points"
        if self.worse:
            return (
                f"Separate but equal? {self.level}: {falls}, while these rise: "
                f"{', '.join(self.worse)}."
            )
        return (
            f"Separate but equal? No, {self.level}: {falls}, and no isolation or dissimilarity of "
            f"any group rises by more than {100 * self.tolerance:g} points."
        )


def judge_separation(
    district: District, plan: Plan, scenario: Scenario
) -> Mapping[str, Separation]:
    """Return the verdict that `evaluate` gives on a scenario's plan, by level."""
    settings = Settings(random_draws=0)  # what chance would give is not asked
    today = Plan.today(district)
    scene, past = both_scenes(district, plan, today, events=scenario.events, settings=settings)
    panels = (integration, poverty)
    old = {} if past is None else measure(past, panels)
    return flag_separation(scene, measure(scene, panels), old)


def flag_separation(scene: Scene, plan: Numbers, baseline: Numbers) -> dict[str, Separation]:
    """Add the flag `separate_but_equal` of each level to both arrangements' numbers.

    The grade-stratified figures are compared where both arrangements have them, else the pooled.

    Parameters
    ----------
    scene : Scene
        The plan's.
    plan, baseline : mapping
        From `measure`; the flag is added to both.

    Returns
    -------
    dict of level to Separation
    """
    verdicts = {level: _judge(scene, level, plan, baseline) for level in scene.levels}
    for level, verdict in verdicts.items():
        key = ("separate_but_equal", "level", level, ALL)
        if verdict.judged:
            plan[key], baseline[key] = float(bool(verdict.worse)), 0.0
        else:
            plan[key] = float("nan")
    return verdicts


def _judge(scene: Scene, level: str, plan: Numbers, baseline: Numbers) -> Separation:
    by_grade = not np.isnan(_gaps(plan, baseline, "parity_gap_stratified", level)).any()
    form = "_stratified" if by_grade else ""
    gaps = _gaps(plan, baseline, f"parity_gap{form}", level)
    apart = _separation(level, form, plan, baseline)
    tolerance = scene.settings.separation_tolerance
    worse = separate_but_equal(gaps, apart, tolerance)
    why_not = _why_not(scene, level, baseline) if np.isnan(gaps).any() else ""
    return Separation(level, gaps, by_grade, tolerance, worse, why_not)


def _why_not(scene: Scene, level: str, baseline: Numbers) -> str:
    """Say why the parity gap of a level is unknown."""
    body = scene.bodies[level]
    if ("parity_gap", "level", level, ALL) not in baseline:
        return "today's schools are not known"
    if body.groups is None:
        return "groups are not counted by school"
    if body.poor is None:
        return "poverty is not counted by school"
    unknown = [name for name, students in body.members().items() if np.isnan(students).any()]
    if unknown:
        return f"counts are unknown in some blocks: {', '.join(unknown)}"
    least = scene.settings.n_min_students
    return f"fewer than two groups are known to have {least:g} students, today or under the plan"


def _separation(
    level: str, form: str, plan: Numbers, baseline: Numbers
) -> dict[str, tuple[float, float]]:
    """Return isolation and dissimilarity of each group and pair, today and under the plan."""
    names = {f"{metric}{form}": metric for metric in SEPARATION}
    return {
        f"{names[metric]} of {group}": (baseline[metric, scope, where, group], value)
        for (metric, scope, where, group), value in plan.items()
        if metric in names
        and (scope, where) == ("level", level)
        and group not in (ALL, POOR)
        and (metric, scope, where, group) in baseline
    }


def _gaps(plan: Numbers, baseline: Numbers, metric: str, level: str) -> tuple[float, float]:
    key = (metric, "level", level, ALL)
    return baseline.get(key, np.nan), plan.get(key, np.nan)
