"""What comes out of a solve, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geodata import District
    from planner.plan import Plan
    from planner.scenario import Scenario

PROVEN = 1e-6  # relative difference of plan and bound that counts as none


class SolveStatus(StrEnum):
    """How sure a solve is of its plan; the word optimal belongs to the first alone."""

    PROVEN_OPTIMAL = "PROVEN_OPTIMAL"  # the bound of a valid relaxation meets the plan
    FEASIBLE = "FEASIBLE"  # every rule holds; the bound tells how far from the best it can be
    HEURISTIC = "HEURISTIC"  # every rule holds; no bound is claimed
    INFEASIBLE = "INFEASIBLE"  # proven: no plan holds every rule
    NO_PLAN = "NO_PLAN"  # stopped before a plan was found that holds every rule


@dataclass(frozen=True, slots=True)
class AimValue:
    """What an aim came to.

    Parameters
    ----------
    name, level, unit : str
    value : float
        Of the plan, recomputed from the plan alone.
    bound : float or None
        No plan that holds every rule, and keeps the aims above within what they may give back,
        is lower.  None where nothing is proven.
    reached : float or None
        The value at the aim's own turn, before later aims took something back.
    year : int or None
        Year of the forecast whose students it counts; None: today's.
    beside : tuple of str
        Schools whose students of other levels the bound takes as the plan draws them, on shared
        seats or as feeders: nothing is proven about plans that draw those otherwise.
    """

    name: str
    level: str
    unit: str
    value: float
    bound: float | None
    reached: float | None = None
    year: int | None = None
    beside: tuple[str, ...] = ()

    @property
    def gap(self) -> float | None:
        """(value - bound) / value [share], None without a bound."""
        return gap_between(self.value, self.bound)

    @property
    def is_proven(self) -> bool:
        """Whether the bound meets the value."""
        return self.gap is not None and self.gap <= PROVEN

    def as_dict(self) -> dict[str, Any]:
        """Return the entry of run.json."""
        return {
            "name": self.name,
            "level": self.level,
            "value": self.value,
            "bound": self.bound,
            "gap": self.gap,
            "unit": self.unit,
            "reached": self.reached,
            "beside": list(self.beside),
            "year": self.year,
        }


def gap_between(value: float | None, bound: float | None) -> float | None:
    """Return (value - bound) / |value| [share], 0 where they meet, None where one is unknown."""
    if value is None or bound is None:
        return None
    distance = max(0.0, value - bound)
    return 0.0 if distance <= 1e-12 else distance / max(abs(value), 1e-12)


@dataclass(frozen=True, slots=True)
class Solution:
    """A plan and how it was found.

    Parameters
    ----------
    plan : Plan or None
    status : SolveStatus
    objectives : list of dict
        `name`, `level`, `value`, `bound`, `gap`, `unit`, `reached`, `beside` and `year` of each
        aim, in the order of priority.
    seconds : float [s]
    iterations : int
        Thousands of moves tried.
    seed, threads : int
    solver : str
    record : dict
        What `replay` needs to repeat the search.
    broken : list of str
        Rules that the best plan still breaks, where there is no plan.
    found : Plan or None
        Levels that have a plan, where another one has none, so that `plan` is None.
    notes : tuple of str
        What a reader must know of the bounds.
    """

    district: District
    scenario: Scenario
    plan: Plan | None
    status: SolveStatus
    objectives: list[dict[str, Any]]
    seconds: float
    iterations: int
    seed: int
    threads: int
    solver: str
    record: dict[str, Any]
    broken: tuple[str, ...] = ()
    found: Plan | None = None
    notes: tuple[str, ...] = ()
