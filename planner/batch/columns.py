"""What each column of a batch's tables says; the README's table is made of it."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["A_KEY", "COLUMNS"]

A_KEY = "(a key)"
"""Stands for the columns of what is varied."""

_RUN = {
    "job": "Name of the scenario's run: its folder in runs/.",
    "sweep": "The sweeps that ask for it.",
    "name": "What it is called: what it varies.",
    "variation": "Its [[variation]]; base without any.",
    A_KEY: "One column a key that is varied, such as rule.capacity.ceiling_share.",
    "district": "District it is about.",
    "seed": "Seed of its search.",
    "status": "How sure the plan is, as in run.json; FAILED or MISSING without a run.",
}
_LAST = {
    "name": "What the plan is called in runs.csv, with its seed where there are several.",
    "district": "District it is about.",
    "sweep": "The sweep that asks.",
}
_SHARE = "Share of the futures in which the school is below its band, above it, or either [0 to 1]."
_CROWD = "What 5 %, half and 95 % of the drawn plans are at or below [unit]."

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "runs.csv": {
        **_RUN,
        "aim": "The first aim.",
        "value": "What the plan reaches in it [unit]; lower is better.",
        "bound": "No plan that holds the rules is below this [unit]; empty: nothing is proven.",
        "gap": "(value - bound) / value [share]: how much better a plan could be at most.",
        "unit": "Unit of value and bound.",
        "rules_broken": "Rules that the finished plan breaks.",
        "seconds": "Time the run took [s].",
        "memory_mb": "Most memory its worker had used by then [MB].",
        "parent": "Run whose plan the search began with, or that was taken over; else empty.",
        "reason": "Why there is no plan, or where a plan that was taken over comes from.",
        "folder": "Where the run is, from this folder.",
    },
    "results.csv": {
        **{name: says for name, says in _RUN.items() if name != "name"},
        "metric": "Name of the measure; has_plan is 1 or 0.",
        "scope": "Where it is measured: run, aim, district, level or group.",
        "id": "Which one: a level, or all.",
        "group": "Which students: a group, two groups, or all; of aims their options too.",
        "baseline": "Today's value [unit].",
        "plan": "Value with the plan [unit].",
        "change": "Plan minus today [unit].",
        "unit": "Unit of the three.",
    },
    "robustness.csv": {
        "job": "Run of the plan, or today's plan.",
        "level": "Level of the schools.",
        "zone": "School by its id; schools that share a zone are joined by +.",
        "year": "School years ahead; 0 is today.",
        "band_of": "What the band is a share of: seats, or the mean school where they are unknown.",
        "base": "That number [seats, or students].",
        "expected": "Mean over the futures [students].",
        "low": "Only 5 % of the futures are below [students].",
        "high": "Only 5 % of the futures are above [students].",
        "chance_below": _SHARE,
        "chance_above": _SHARE,
        "chance_out": _SHARE,
        **_LAST,
    },
    "regret.csv": {
        "job": "Run of the plan, or today's plan.",
        "level": "Level it is judged in.",
        "outside": "Students above or below their schools' bands, of all schools together; mean of "
        "years and futures [students].",
        "mean_regret": "How many more that are than with the best plan of the same future; mean of "
        "the futures [students].",
        "most_regret": "The same in the future where it is most [students].",
        "chance_any_out": "Share of the futures in which any school leaves its band [0 to 1].",
        "least": "True where most_regret is the least of all plans.",
        **_LAST,
    },
    "ensemble.csv": {
        "measure": "Name of the aim that is measured; lower is better.",
        "unit": "Its unit.",
        "value": "Of this plan [unit].",
        "crowd_low": _CROWD,
        "crowd_middle": _CROWD,
        "crowd_high": _CROWD,
        "share_lower": "Share of the drawn plans that are lower, that is better; ties are halved.",
        "is_outlier": "True where share_lower is below 2.5 % or above 97.5 %.",
        "disagreement": "R-hat of the walks: above 1.1, draw more plans first.",
        "name": _LAST["name"],
        "job": "Run of the plan, or today's plan.",
        "level": "Level it is measured in.",
        "district": _LAST["district"],
        "sweep": _LAST["sweep"],
    },
    "front.csv": {
        "point": "What was asked: an end of the front, or a limit of x.",
        "at_most": "That limit [x_unit]; empty for the least y, where x has none.",
        "x": "What the plan reaches in --x [x_unit].",
        "y": "What it reaches in --y [y_unit].",
        "y_bound": "No plan with x at most the limit has a lower y [y_unit].",
        "gap": "(y - y_bound) / y [share].",
        "x_unit": "Unit of x.",
        "y_unit": "Unit of y.",
        "level": "Level of the front.",
        "dominated": "True where another point is better in one and no worse in the other.",
        "status": "How sure the plan is, as in run.json.",
        "job": _RUN["job"],
        "folder": "Where the run is, from this folder.",
        "x_bound": "Of the least x: no plan at all has a lower x [x_unit].",
        "same_as": "The point before with the same x and y; else empty.",
    },
}
