"""Aims of a plan, one small class a file; smaller is better.

To add an objective: (1) write its file with `amount`, `measure`, `sentence`, `variables`,
`counts_also` and a docstring with Maths, Units, Exact, Metric and Plainly; (2) put the class into
`OBJECTIVES`; (3) write its golden text in `tests/golden/terms`; (4) add a case to
`tests/properties/test_rules_agree.py`; (5) show it in an example scenario.
"""

from __future__ import annotations

from planner.objectives.base import Objective
from planner.objectives.border_length import BorderLength
from planner.objectives.changes_from_start import ChangesFromStart
from planner.objectives.compactness import Compactness
from planner.objectives.dissimilarity import Dissimilarity
from planner.objectives.exposure import Exposure
from planner.objectives.feeder_split import FeederSplit
from planner.objectives.isolation import Isolation
from planner.objectives.parity_gap import ParityGap
from planner.objectives.poverty_spread import PovertySpread
from planner.objectives.students_moved import StudentsMoved
from planner.objectives.travel import Travel
from planner.objectives.utilization_deviation import UtilizationDeviation
from planner.objectives.utilization_spread import UtilizationSpread
from planner.objectives.walkers_to_riders import WalkersToRiders

__all__ = [
    "OBJECTIVES",
    "BorderLength",
    "ChangesFromStart",
    "Compactness",
    "Dissimilarity",
    "Exposure",
    "FeederSplit",
    "Isolation",
    "Objective",
    "ParityGap",
    "PovertySpread",
    "StudentsMoved",
    "Travel",
    "UtilizationDeviation",
    "UtilizationSpread",
    "WalkersToRiders",
]

OBJECTIVES: tuple[type[Objective], ...] = (
    Travel,
    StudentsMoved,
    WalkersToRiders,
    ChangesFromStart,
    UtilizationSpread,
    UtilizationDeviation,
    Dissimilarity,
    PovertySpread,
    ParityGap,
    Isolation,
    Exposure,
    FeederSplit,
    BorderLength,
    Compactness,
)
