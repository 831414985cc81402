"""What can go wrong in planning, in a planner's words.

PlannerError
├── ScenarioError     the scenario file asks for something that cannot be read or meant
├── ModelError        the model cannot be written for this district
├── SolverError       the solver failed, which is not the same as "no plan exists"
├── PlanError         a table is not a plan: a block twice, an unknown grade
├── StructureError    schools and grades do not fit together
│   ├── UnservedGradeError     a grade is served by nobody
│   ├── OverlappingSpansError  a grade is served twice for the same students
│   ├── MissingPovertyError    the district has no poverty count
│   └── EmptyGroupError        a group that is asked for has no students
├── InfeasibleError   proven: no plan can hold every rule
├── RunError          a run folder is missing, damaged or already there
└── DisclosureError   a public file would reveal a small count

Faults of a district's own files are `geodata.errors.DataError`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

__all__ = [
    "DisclosureError",
    "EmptyGroupError",
    "InfeasibleError",
    "MissingPovertyError",
    "ModelError",
    "OverlappingSpansError",
    "PlanError",
    "PlannerError",
    "RunError",
    "ScenarioError",
    "SolverError",
    "StructureError",
    "UnservedGradeError",
    "expected_in",
    "together",
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


@contextmanager
def expected_in(year: int) -> Iterator[None]:
    """Say of every error raised meanwhile that it is about the students of a later year."""
    try:
        yield
    except PlannerError as error:
        raise type(error)(
            f"with the students expected in {year}: {error.what}", error.why, error.remedy
        ) from error


def together(errors: Mapping[str, PlannerError]) -> PlannerError:
    """Return errors by name as one: of their kind where they share it, else a `ScenarioError`."""
    if len(errors) == 1:
        return next(iter(errors.values()))
    kinds = {type(error) for error in errors.values()}
    kind = kinds.pop() if len(kinds) == 1 else ScenarioError
    return kind("\n".join(f"{name}: {error}" for name, error in errors.items()))


class ScenarioError(PlannerError, ValueError):
    """The scenario file cannot be read or meant."""


class ModelError(PlannerError):
    """The model cannot be written for this district."""


class PlanError(PlannerError, ValueError):
    """A table is not a plan."""


class StructureError(PlannerError, ValueError):
    """Schools and grades do not fit together."""


class UnservedGradeError(StructureError):
    """A grade is served by nobody."""


class OverlappingSpansError(StructureError):
    """A grade is served twice for the same students."""


class MissingPovertyError(StructureError):
    """The district has no poverty count."""


class EmptyGroupError(StructureError):
    """A group that is asked for has no students."""


class SolverError(PlannerError):
    """The solver failed; this says nothing about whether a plan exists."""


class InfeasibleError(PlannerError):
    """Proven: no plan can hold every rule."""


class RunError(PlannerError):
    """A run folder is missing, damaged or already there."""


class DisclosureError(PlannerError):
    """A public file would reveal a small count."""
