"""Redraw school attendance zones: a district, a scenario, a plan, and the evidence.

``from planner import load_district, load_scenario, solve, evaluate, compare, report``

The functions are loaded when they are first used, so that the command line starts at once.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geodata import District, check_district, load_district
    from planner.comparison import compare
    from planner.evaluation import Evaluation, evaluate
    from planner.hearing import report
    from planner.plan import Plan, read_plan, write_plan
    from planner.runs import Run, read_run, write_run
    from planner.scenario import Scenario, load_scenario
    from planner.solving import Solution, solve

__all__ = [
    "District",
    "Evaluation",
    "Plan",
    "Run",
    "Scenario",
    "Solution",
    "check_district",
    "compare",
    "evaluate",
    "load_district",
    "load_scenario",
    "read_plan",
    "read_run",
    "report",
    "solve",
    "write_plan",
    "write_run",
]

_HOME = {
    "District": "geodata",
    "Evaluation": "planner.evaluation",
    "Plan": "planner.plan",
    "Run": "planner.runs",
    "Scenario": "planner.scenario",
    "Solution": "planner.solving",
    "check_district": "geodata",
    "compare": "planner.comparison",
    "evaluate": "planner.evaluation",
    "load_district": "geodata",
    "load_scenario": "planner.scenario",
    "read_plan": "planner.plan",
    "read_run": "planner.runs",
    "report": "planner.hearing",
    "solve": "planner.solving",
    "write_plan": "planner.plan",
    "write_run": "planner.runs",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its home when it is first used."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """List the public names too."""
    return sorted({*globals(), *_HOME})
