"""Parity and both racial axes of a plan beside today's, with certificates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import pandas as pd

from planner.metrics.certificate import gap_limit_by_band, gap_limit_by_evenness
from planner.metrics.dissimilarity import dissimilarities
from planner.metrics.random_assignment import expected_exposure, simulate
from planner.parity.rounding import no_more
from planner.parity.schools import Schools

__all__ = [
    "ParityRecord",
    "parity_record",
]

DRAWS = 200  # random assignments


@dataclass(frozen=True, slots=True)
class ParityRecord:
    """Parity and both racial axes of one plan, beside today's.

    Parameters
    ----------
    exposure : mapping of group to (today, plan) [share]
        Exposure to poverty.
    gap : (today, plan) [share]
        Parity gap.
    spread : (today, plan) [share]
        Furthest school from the district's poverty.
    dissimilarity : mapping of ``a - b`` to (today, plan)
    isolation : mapping of group to (today, plan) [share]
        Isolation above composition.
    at_most : mapping of certificate to [share]
        Proven upper limits of the plan's gap.
    by_chance : mapping of (measure, group) to [share]
        What the plan's schools would have if chance alone sent students to them.
    met : mapping of (group, group) to (today, plan) [share]
        Whom the average student of the first group meets: its row adds up to 1 over all groups.
    """

    exposure: dict[str, tuple[float, float]]
    gap: tuple[float, float]
    spread: tuple[float, float]
    dissimilarity: dict[str, tuple[float, float]]
    isolation: dict[str, tuple[float, float]]
    at_most: dict[str, float] = field(default_factory=dict)
    by_chance: dict[tuple[str, str], float] = field(default_factory=dict)
    met: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)

    def table(self) -> pd.DataFrame:
        """Return exposure to poverty and both racial axes: today, plan, change, chance [share]."""
        parts = (
            ("exposure to poverty", self.exposure),
            ("isolation above composition", self.isolation),
            ("dissimilarity", self.dissimilarity),
        )
        rows = [
            (measure, group, today, plan, plan - today, self.by_chance.get((measure, group)))
            for measure, values in parts
            for group, (today, plan) in values.items()
        ]
        columns = ["measure", "group", "today", "plan", "change", "by_chance"]
        return pd.DataFrame(rows, columns=columns).astype({"by_chance": float})

    def matrix(self, when: str = "plan") -> pd.DataFrame:
        """Return who meets whom, a row for each group that looks.

        Parameters
        ----------
        when : {"today", "plan"}
        """
        names = list(dict.fromkeys(a for a, _ in self.met))
        place = {"today": 0, "plan": 1}[when]
        rows = [[self.met[a, b][place] for b in names] for a in names]
        return pd.DataFrame(rows, index=names, columns=names)

    def sentences(self) -> list[str]:
        """Say gap and certificates in words."""
        today, plan = self.gap
        return [
            f"Gap in exposure to poverty: {100 * today:.1f} points today, {100 * plan:.1f} under "
            "the plan.",
            *(
                f"Proven: at most {no_more(100 * limit)} points ({how})."
                for how, limit in self.at_most.items()
            ),
        ]


def parity_record(before: Schools, after: Schools) -> ParityRecord:
    """Measure parity and both racial axes of today's plan and another, with certificates.

    Parameters
    ----------
    before, after : Schools
        Of one problem.

    Raises
    ------
    MissingPovertyError
        Where the district has no poverty count.
    """
    groups = after.groups
    pairs = list(combinations(groups, 2))
    apart = {f"{a} - {b}": (before.apart(a, b), after.apart(a, b)) for a, b in pairs}
    alone = {g: (before.alone(g), after.alone(g)) for g in groups}
    gap = (before.gap(groups), after.gap(groups))
    limits = {"twice the furthest school": gap_limit_by_band(after.spread)}
    if pairs:
        worst = max(pairs, key=lambda pair: abs(after.met(pair[0]) - after.met(pair[1])))
        limits[f"dissimilarity of {worst[0]} and {worst[1]} times the range of school poverty"] = (
            gap_limit_by_evenness(after.apart(*worst), after.range)
        )
    return ParityRecord(
        exposure={g: (before.met(g), after.met(g)) for g in groups},
        gap=gap,
        spread=(before.spread, after.spread),
        dissimilarity=apart,
        isolation=alone,
        at_most=limits,
        by_chance=_by_chance(after, groups),
        met={(a, b): (before.meets(a, b), after.meets(a, b)) for a in groups for b in groups},
    )


def _by_chance(schools: Schools, groups: Sequence[str]) -> dict[tuple[str, str], float]:
    """Return what chance alone would give at a plan's school sizes."""
    counts, (total, poor) = schools.counts()
    rest, out = np.maximum(total - counts.sum(axis=1), 0.0), {}
    drawn = simulate(np.column_stack([counts, rest]), draws=DRAWS, seed=0)
    for (i, a), (j, b) in combinations(enumerate(groups), 2):
        apart = dissimilarities(drawn[:, :, i], drawn[:, :, j])
        out["dissimilarity", f"{a} - {b}"] = float(apart.mean())
    for i, group in enumerate(groups):
        n = counts[:, i]
        alone = expected_exposure(n, n, total, same=True) - float(n.sum() / total.sum())
        out["isolation above composition", group] = alone
        out["exposure to poverty", group] = float(poor.sum() / total.sum())
    return out
