"""Finding structures: which buildings share their zones, which grades each serves."""

from __future__ import annotations

from planner.reorganise.comparison import Comparison, compare_options, compare_structures
from planner.reorganise.file import StructuresFile, load_structures
from planner.reorganise.pairing import list_pairs

__all__ = [
    "Comparison",
    "StructuresFile",
    "compare_options",
    "compare_structures",
    "list_pairs",
    "load_structures",
]
