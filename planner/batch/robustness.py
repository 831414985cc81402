"""How plans stand up to other futures: chance of leaving the band, and least regret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata import District
from geodata.dtypes import Floats
from geodata.errors import counted
from planner.batch.demand import DemandDraws, draw_demand
from planner.batch.further import Robustness
from planner.layers import served_by
from planner.plan import Plan
from planner.problem.seats import as_drawn, students_of_other_levels
from planner.problem.supply import supply_of

__all__ = ["Stress", "stress_plans"]


@dataclass(frozen=True, slots=True)
class Stress:
    """What the draws showed.

    Parameters
    ----------
    schools, plans : DataFrame
        As robustness.csv and regret.csv; columns as in `planner.batch.columns`, but not yet `name`,
        `district` and `sweep`.
    notes : tuple of str
    """

    schools: pd.DataFrame
    plans: pd.DataFrame
    notes: tuple[str, ...]


def stress_plans(
    district: District,
    plans: Mapping[str, Plan],
    asked: Robustness,
    seats: Mapping[str, pd.Series[float]] | None = None,
) -> Stress:
    """Put plans of one district through the same draws of demand.

    Parameters
    ----------
    district : District
    plans : mapping of job to Plan
    asked : Robustness
    seats : mapping of job to Series, optional
        Seats by school id where a scenario has changed them.  Those that students of other levels
        take in the same plan, else today, are not counted.
    """
    schools, judged, notes = [], [], []
    for level in dict.fromkeys(level for plan in plans.values() for level in plan.levels):
        draws = draw_demand(district, level, asked, asked.history or None)
        if draws is None:
            notes.append(f"{level}: students are not known in every block, so nothing was drawn.")
            continue
        notes.append(_note(level, draws, asked))
        outside: dict[str, Floats] = {}
        any_out: dict[str, float] = {}
        for job, plan in plans.items():
            if level not in plan.levels:
                continue
            drawn = as_drawn(district, plan, plan.levels)
            taken = pd.Series(students_of_other_levels(drawn, level, supply_of(district)))
            known = district.schools["capacity_seats"].astype(float)
            base = known if seats is None or job not in seats else seats[job]
            base = (base - taken.reindex(base.index, fill_value=0.0)).clip(lower=0.0)
            table, cost, share = _stress(district, plan, draws, asked, base)
            schools.append(table.assign(job=job, level=level))
            outside[job], any_out[job] = cost, share
        judged.append(_regret(level, outside, any_out))
    first = ["job", "level"]
    table = pd.concat(schools, ignore_index=True) if schools else pd.DataFrame(columns=first)
    ranked = pd.concat(judged, ignore_index=True) if judged else pd.DataFrame(columns=first)
    return Stress(table[[*first, *(c for c in table if c not in first)]], ranked, tuple(notes))


def _note(level: str, draws: DemandDraws, asked: Robustness) -> str:
    how = "cohorts move up a grade a year" if draws.by_grade else "the level grows as a whole"
    if draws.by_history:
        how = f"{how}, as many of them as in {counted(len(asked.history), 'year')} of the history"
    elif asked.history:
        how = f"{how} (the history has other grades, and was not used)"
    return (
        f"{level}: {asked.draws} futures of {asked.years} years; {how}; entry grows by "
        f"{asked.growth_share:.1%} a year, give or take {asked.growth_spread_share:.1%}; counts of "
        f"blocks are uncertain by {asked.noise_share:.0%}; the band is {asked.floor_share:.0%} to "
        f"{asked.ceiling_share:.0%} of the seats that no students of other levels take today (of "
        "the mean school where seats are unknown)."
    )


def _stress(
    district: District, plan: Plan, draws: DemandDraws, asked: Robustness, seats: pd.Series[float]
) -> tuple[pd.DataFrame, Floats, float]:
    """Return the rows of one plan, its students outside the band a draw, and its chance."""
    owner = served_by(plan, draws.level).reindex(district.blocks.index)
    zone_of, zones = pd.factorize(owner, sort=True)
    totals = draws.by_zone(zone_of.astype(np.int32), len(zones))
    base, of = _bases(list(zones), seats, float(draws.expected[0].sum()))
    low, high = asked.floor_share * base, asked.ceiling_share * base
    below, above = totals < low, totals > high
    cost = np.maximum(0.0, totals - high) + np.maximum(0.0, low - totals)
    years = totals.shape[1]
    table = pd.DataFrame(
        {
            "zone": np.tile(np.asarray(zones, dtype=object), years),
            "year": np.repeat(np.arange(years), len(zones)),
            "band_of": np.tile(np.asarray(of, dtype=object), years),
            "base": np.tile(base, years),
            "expected": totals.mean(axis=0).ravel(),
            "low": np.quantile(totals, 0.05, axis=0).ravel(),
            "high": np.quantile(totals, 0.95, axis=0).ravel(),
            "chance_below": below.mean(axis=0).ravel(),
            "chance_above": above.mean(axis=0).ravel(),
            "chance_out": (below | above).mean(axis=0).ravel(),
        }
    )
    any_out = float((below | above).any(axis=(1, 2)).mean())
    return table, cost.sum(axis=2).mean(axis=1), any_out


def _bases(
    zones: Sequence[str], seats: pd.Series[float], students: float
) -> tuple[Floats, list[str]]:
    """Return what each zone's band is a share of: its seats, else the mean zone."""
    mean = students / max(len(zones), 1)
    found, of = [], []
    for zone in zones:
        known = float(sum(seats.get(school, np.nan) for school in zone.split("+")))
        found.append(mean if np.isnan(known) else known)
        of.append("mean" if np.isnan(known) else "seats")
    return np.array(found), of


def _regret(
    level: str, outside: Mapping[str, Floats], any_out: Mapping[str, float]
) -> pd.DataFrame:
    """Rank plans by the most they lose against the best plan of each draw."""
    jobs = list(outside)
    cost = np.stack([outside[job] for job in jobs])
    regret = cost - cost.min(axis=0)
    most = regret.max(axis=1)
    table = pd.DataFrame(
        {
            "job": jobs,
            "level": level,
            "outside": cost.mean(axis=1),
            "mean_regret": regret.mean(axis=1),
            "most_regret": most,
            "chance_any_out": [any_out[job] for job in jobs],
            "least": most <= most.min(),
        }
    )
    return table.sort_values(["most_regret", "mean_regret", "job"], ignore_index=True)
