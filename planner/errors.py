"""What can go wrong in planning, in a planner's words.

PlannerError
├── ScenarioError     the scenario file asks for something that cannot be read or meant
├── ModelError        the model cannot be written for this district
├── SolverError       the solver failed, which is not the same as "no plan exists"
├── InfeasibleError   proven: no plan can hold every rule
├── RunError          a run folder is missing, damaged or already there
└── DisclosureError   a public file would reveal a small count

Faults of a district's own files are `geodata.errors.DataError`.
"""

from __future__ import annotations

__all__ = [
    "DisclosureError",
    "InfeasibleError",
    "ModelError",
    "PlannerError",
    "RunError",
    "ScenarioError",
    "SolverError",
]


class PlannerError(Exception):
    """Base of every error this package raises on purpose.

    Parameters
    ----------
    what : str
        What is wrong and where (file, rows, key).
    why : str
        Why it matters.
    remedy : str
        What to do about it.
    """

    def __init__(self, what: str, why: str = "", remedy: str = "") -> None:
        self.what, self.why, self.remedy = what, why, remedy
        lines = [what]
        if why:
            lines.append(f"  why it matters: {why}")
        if remedy:
            lines.append(f"  what to do: {remedy}")
        super().__init__("\n".join(lines))


class ScenarioError(PlannerError, ValueError):
    """The scenario file cannot be read or meant."""


class ModelError(PlannerError):
    """The model cannot be written for this district."""


class SolverError(PlannerError):
    """The solver failed; this says nothing about whether a plan exists."""


class InfeasibleError(PlannerError):
    """Proven: no plan can hold every rule."""


class RunError(PlannerError):
    """A run folder is missing, damaged or already there."""


class DisclosureError(PlannerError):
    """A public file would reveal a small count."""
