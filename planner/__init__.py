"""Redraw school attendance zones: a district, a scenario, a plan, and the evidence.

``from planner import load_district, load_scenario, solve, evaluate, compare, report``

The functions are loaded when they are first used, so that the command line starts at once.  Some
of them have the name of the module they live in; under `planner`, the function is meant.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geodata import District, check_district, load_district
    from planner.compare import compare
    from planner.evaluate import Evaluation, evaluate
    from planner.plan import Plan, read_plan, write_plan
    from planner.report import report
    from planner.runs import Run, read_run, write_run
    from planner.scenario import Scenario, load_scenario
    from planner.solve import Solution, solve

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
    "Evaluation": "planner.evaluate",
    "Plan": "planner.plan",
    "Run": "planner.runs",
    "Scenario": "planner.scenario",
    "Solution": "planner.solve",
    "check_district": "geodata",
    "compare": "planner.compare",
    "evaluate": "planner.evaluate",
    "load_district": "geodata",
    "load_scenario": "planner.scenario",
    "read_plan": "planner.plan",
    "read_run": "planner.runs",
    "report": "planner.report",
    "solve": "planner.solve",
    "write_plan": "planner.plan",
    "write_run": "planner.runs",
}


class _Package(ModuleType):
    """Finds public names when they are asked for; a submodule never takes their place."""

    def __getattr__(self, name: str) -> Any:
        """Load a public name from its home."""
        if name not in _HOME:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        found = getattr(importlib.import_module(_HOME[name]), name)
        super().__setattr__(name, found)
        return found

    def __setattr__(self, name: str, value: object) -> None:
        """Let the import system bind submodules, except where a function has that name."""
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        """List the public names too."""
        return sorted({*super().__dir__(), *_HOME})


sys.modules[__name__].__class__ = _Package
