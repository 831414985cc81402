"""The algebra rules and objectives speak, and that solver and search both understand.

A rule or objective never touches a solver and never touches the search.  It describes itself
with a few frozen dataclasses; `planner.model` writes each of them as rows of an integer
program, `planner.search` keeps each of them up to date while blocks change zones, and `value()`
is the plain definition that both are tested against.

Symbols: b block (n of them), z zone (m), x[b,z] = 1 when b is assigned to z,
T[z,k] = sum over b of measure_k[b] * x[b,z] (the *tally* of measure k in zone z).

*Amounts* are numbers to minimise or to limit; *constraints* hold or do not.
"""

from __future__ import annotations

from planner.terms.amounts import (
    Amount,
    Apart,
    CutLength,
    PairAmount,
    Spread,
    WeightedSum,
    ZoneDeviation,
    ZoneRatio,
    ZoneShape,
    ZoneWorst,
)
from planner.terms.constraints import (
    AllowedPairs,
    Constraint,
    Contiguous,
    Limit,
    Together,
    ZoneBand,
)
from planner.terms.tallies import combine, tally

__all__ = [
    "AllowedPairs",
    "Amount",
    "Apart",
    "Constraint",
    "Contiguous",
    "CutLength",
    "Limit",
    "PairAmount",
    "Spread",
    "Together",
    "WeightedSum",
    "ZoneBand",
    "ZoneDeviation",
    "ZoneRatio",
    "ZoneShape",
    "ZoneWorst",
    "combine",
    "tally",
]
