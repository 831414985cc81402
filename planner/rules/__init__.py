"""Hard limits on plans, one small class a file.

To add a rule: (1) write its file with `lower`, `check`, `sentence`, `variables`, `counts_also` and
a docstring with Maths, Units, Exact and Plainly; (2) put the class into `RULES`; (3) write its
golden text in `tests/golden/terms`; (4) add a case to `tests/properties/test_rules_agree.py`;
(5) show it in an example scenario.
"""

from __future__ import annotations

from planner.rules.assign_once import AssignOnce
from planner.rules.balance_band import BalanceBand
from planner.rules.base import Finding, Rule
from planner.rules.capacity import Capacity
from planner.rules.contiguity import Contiguity
from planner.rules.enrollment import Enrollment
from planner.rules.forbidden import Forbidden
from planner.rules.keep_together import KeepTogether
from planner.rules.keep_walkers import KeepWalkers
from planner.rules.locked import Locked
from planner.rules.max_students_moved import MaxStudentsMoved
from planner.rules.metric_limit import MetricLimit
from planner.rules.nearest_schools import NearestSchools
from planner.rules.school_in_own_zone import SchoolInOwnZone
from planner.rules.size import Size
from planner.rules.travel_limit import TravelLimit
from planner.rules.whole_feeders import WholeFeeders

__all__ = [
    "RULES",
    "AssignOnce",
    "BalanceBand",
    "Capacity",
    "Contiguity",
    "Enrollment",
    "Finding",
    "Forbidden",
    "KeepTogether",
    "KeepWalkers",
    "Locked",
    "MaxStudentsMoved",
    "MetricLimit",
    "NearestSchools",
    "Rule",
    "SchoolInOwnZone",
    "Size",
    "TravelLimit",
    "WholeFeeders",
]

RULES: tuple[type[Rule], ...] = (
    AssignOnce,
    Capacity,
    Size,
    Enrollment,
    TravelLimit,
    NearestSchools,
    KeepWalkers,
    Contiguity,
    SchoolInOwnZone,
    BalanceBand,
    Locked,
    Forbidden,
    KeepTogether,
    WholeFeeders,
    MaxStudentsMoved,
    MetricLimit,
)
