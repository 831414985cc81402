"""Why a scenario has no plan, and by how much which rule must give way."""

from __future__ import annotations

from planner.conflicts.find import Conflict, find_conflicts

__all__ = ["Conflict", "find_conflicts"]
