"""Parity of exposure to poverty: how near schools can come to the district's poverty, with proof.

If every school is within δ of the district's share of poor students, no two groups' exposures to
poverty differ by more than 2 δ.  So the least feasible δ is searched from both sides: a δ is
*impossible* when a certified bound says that the band cannot be kept, and *reached* when a plan
keeps it.  What lies between is not known, and is told as such.

The gap itself is a ratio of variables: its true value is improved in search, and a lower bound is
claimed only from a valid relaxation (`planner.parity.gap_bound`).
"""

from planner.parity.band import BandSearch, BandStep, least_band
from planner.parity.gap_bound import gap_lower_bound, poverty_ranges
from planner.parity.level import Cost, LevelParity
from planner.parity.limits import integration_limits
from planner.parity.narrow import narrow_bands
from planner.parity.reach import reach_parity
from planner.parity.record import ParityRecord, parity_record
from planner.parity.schools import Schools, group_measures

__all__ = [
    "BandSearch",
    "BandStep",
    "Cost",
    "LevelParity",
    "ParityRecord",
    "Schools",
    "gap_lower_bound",
    "group_measures",
    "integration_limits",
    "least_band",
    "narrow_bands",
    "parity_record",
    "poverty_ranges",
    "reach_parity",
]
