"""Was equal poverty bought with separate schools?  Said level by level."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planner.evaluation.measure import Numbers
from planner.evaluation.rows import ALL
from planner.evaluation.scene import Scene
from planner.metrics.separate_but_equal import separate_but_equal

__all__ = ["flag_separation"]

SEPARATION = ("isolation_excess", "dissimilarity")


def flag_separation(scene: Scene, plan: Numbers, baseline: Numbers) -> list[str]:
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
    list of str
        A sentence for each level that is flagged.
    """
    told = []
    for level in scene.levels:
        form = "_stratified" if _both(plan, baseline, "parity_gap_stratified", level) else ""
        key = ("separate_but_equal", "level", level, ALL)
        if not _both(plan, baseline, f"parity_gap{form}", level):
            plan[key] = float("nan")
            continue
        today, now = (n[f"parity_gap{form}", "level", level, ALL] for n in (baseline, plan))
        apart = _separation(level, form, plan, baseline)
        worse = separate_but_equal((today, now), apart, scene.settings.separation_tolerance)
        plan[key], baseline[key] = float(bool(worse)), 0.0
        if worse:
            told.append(_sentence(level, (today, now), worse))
    return told


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
        and group not in (ALL, "poor")
        and (metric, scope, where, group) in baseline
    }


def _both(plan: Numbers, baseline: Numbers, metric: str, level: str) -> bool:
    key = (metric, "level", level, ALL)
    return not np.isnan([plan.get(key, np.nan), baseline.get(key, np.nan)]).any()


def _sentence(level: str, parity: tuple[float, float], worse: Sequence[str]) -> str:
    today, now = (100 * value for value in parity)
    return (
        f"Separate but equal? {level}: the parity gap falls from {today:.1f} to {now:.1f} points, "
        f"while these rise: {', '.join(worse)}."
    )
