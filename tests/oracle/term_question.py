"""A question put to the solver in terms alone: constraints, aims in their order, slow checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from oracle.enumerate_plans import holds

from planner.rules import Finding
from planner.scenario import Stop


@dataclass(frozen=True)
class TermAim:
    """An amount in the order of aims."""

    term: Any
    keep_within_share: float = 0.0
    year: int | None = None

    @property
    def name(self) -> str:
        return self.term.name

    @property
    def unit(self) -> str:
        return self.term.unit

    def above_at_most(self, value: float) -> float:
        return value + self.keep_within_share * abs(value)


@dataclass(frozen=True)
class TermQuestion:
    """What the solver asks of a scenario, answered from terms."""

    terms: Sequence[Any]
    aims: Sequence[TermAim]
    seed: int = 0
    stop: Stop = field(default_factory=Stop)
    title: str = "terms"
    district: Path = Path()

    def constraints(self, problem: Any) -> tuple[Any, ...]:
        return tuple(self.terms)

    def amounts(self, problem: Any) -> tuple[Any, ...]:
        return tuple(aim.term for aim in self.aims)

    def objectives_for(self, level: str) -> tuple[TermAim, ...]:
        return tuple(self.aims)

    def check(self, problem: Any, zone_of: Any) -> list[Finding]:
        plan = tuple(int(z) for z in zone_of)
        return [
            Finding(term.name, holds(problem, term, plan), 0.0, 0.0, "", (), f"{term.name}.")
            for term in self.terms
        ]


def question(constraints: Sequence[Any], *amounts: Any, share: float = 0.0) -> TermQuestion:
    """Return a question; each aim below may take back a share of the one above."""
    return TermQuestion(constraints, [TermAim(amount, share) for amount in amounts])
