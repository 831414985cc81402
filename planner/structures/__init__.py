"""Schools organised by grade: pairs, clusters, grade centers, K-12 chains, on the same students.

A structure is a table (zone or cluster, grades) → school; an arrangement is the same table spread
over blocks, and turns into a `planner.plan.Plan` and back.  Everything here only counts; what is
searched for is in `planner.reorganise`.
"""

from __future__ import annotations

from planner.structures.ageing import Ageing, age, band_capacity, first_overflow, second_sites
from planner.structures.aims import AIMS, Aim, aim_of
from planner.structures.arrangement import Arrangement, grade_levels
from planner.structures.buildings import Building, Buildings
from planner.structures.families import Households, siblings_formula
from planner.structures.measure import measure_arrangement
from planner.structures.pairs import rank_pairs
from planner.structures.residents import Residents
from planner.structures.setting import Setting
from planner.structures.table import Served, Structure
from planner.structures.zones import ZoneUnits

__all__ = [
    "AIMS",
    "Ageing",
    "Aim",
    "Arrangement",
    "Building",
    "Buildings",
    "Households",
    "Residents",
    "Served",
    "Setting",
    "Structure",
    "ZoneUnits",
    "age",
    "aim_of",
    "band_capacity",
    "first_overflow",
    "grade_levels",
    "measure_arrangement",
    "rank_pairs",
    "second_sites",
    "siblings_formula",
]
