"""What measures, keys and ends of a solve are called on the page, in words that need no manual."""

from __future__ import annotations

import inspect
from typing import Any

from planner.comparison.words import PLAIN_NAMES
from planner.metrics import metric_texts
from planner.objectives import OBJECTIVES

__all__ = ["key_words", "meaning", "plain_name", "plain_status"]

_STATUS = {
    "PROVEN_OPTIMAL": "proven best plan",
    "FEASIBLE": "plan with a bound",
    "HEURISTIC": "plan without a bound",
    "INFEASIBLE": "proven impossible",
    "NO_PLAN": "no plan found",
    "FAILED": "failed",
}

_PLAIN = {
    **PLAIN_NAMES,
    "border_length": "length of all borders",
    "dissimilarity": "unevenness (dissimilarity)",
    "dissimilarity_multigroup": "unevenness of all groups (dissimilarity)",
    "exposure_to_poverty": "poor share in the average school mate's school",
    "feeder_split": "students parted from most of their classmates at the next school",
    "gap_limit_by_band": "largest possible gap between groups (by band)",
    "gap_limit_by_evenness": "largest possible gap between groups (by evenness)",
    "gini": "unevenness (Gini)",
    "islands": "pieces of zones cut off",
    "isolation": "own group's share in the average member's school",
    "isolation_excess": "own group's share at school, beyond its share of all",
    "normalised_exposure": "separation (normalised exposure)",
    "normalised_exposure_multigroup": "separation of all groups (normalised exposure)",
    "parity_gap": "gap in poverty between groups",
    "polsby_popper_mean": "roundness of zones",
    "poverty_gap": "gap in poverty",
    "poverty_range": "poorest less least poor school",
    "poverty_ratio": "poverty of one group's schools for one of another's",
    "schools_in_utilization_band": "schools whose fill is as wanted",
    "share_moved": "share of students who change school",
    "size_deviation": "distance of schools from the mean size",
    "size_spread": "unevenness of school sizes",
    "students_expected": "students expected (estimate)",
    "students_moved": "students who change school",
    "students_over_capacity": "students above the seats",
    "take_up": "students at school for each resident (estimate)",
    "theil_h": "separation (Theil's H)",
    "theil_h_multigroup": "separation of all groups (Theil's H)",
    "theil_h_within_levels": "separation of all groups within levels (part of Theil's H)",
    "travel_longest_metres": "longest way to school",
    "travel_longest_minutes": "longest time to school",
    "travel_mean_metres": "mean way to school",
    "travel_mean_minutes": "mean time to school",
    "travel_p90_metres": "way to school that 9 of 10 do not exceed",
    "travel_p90_minutes": "time to school that 9 of 10 do not exceed",
    "travel_total_metres": "all ways to school together",
    "travel_total_minutes": "all times to school together",
    "utilization_expected": "fill expected (estimate)",
    "utilization_highest": "fullest school",
    "utilization_lowest": "emptiest school",
    "utilization_spread": "unevenness of utilization",
    "walkers_to_riders": "students who can walk today and no longer could",
}


def plain_name(metric: str) -> str:
    """Return what a metric is called on the page."""
    return _PLAIN.get(metric, metric.replace("_", " "))


def plain_status(status: str) -> str:
    """Return how a solve ended, in words."""
    return _STATUS.get(status, status.replace("_", " ").lower())


def meaning(metric: str, *, is_aim: bool) -> str:
    """Return the sentence that the product's documentation has for a metric or an aim."""
    if is_aim:
        kinds: tuple[Any, ...] = OBJECTIVES
        found = [kind for kind in kinds if kind.name == metric]
        return (inspect.getdoc(found[0]) or "").split("\n")[0] if found else ""
    text = metric_texts().get(metric)
    return "" if text is None else text.says


def key_words(key: str) -> str:
    """Return a key of a sweep file in words: ``rule.capacity.ceiling_share`` is too much code."""
    family, _, rest = key.partition(".")
    if not rest:
        return key.replace("_", " ")
    words = rest.replace(".", ": ").replace("_", " ")
    return words if family == "rule" else f"{family} {words}"
