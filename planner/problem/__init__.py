"""One level of a district, as rules, the model and search see it, and what it is made of."""

from __future__ import annotations

from planner.problem.problem import Problem

__all__ = ["Problem"]
