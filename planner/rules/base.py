"""What a rule is, and what rules share.

A rule has two faces: `lower()` writes it in the terms of `planner.terms` for solver and search,
`check()` measures it on a finished plan from the problem's own numbers.  Tests prove that the two
agree.  Its docstring says Maths, Units, Exact and Plainly; the README's table is made from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from geodata.dtypes import Bools, Floats, Ints
from geodata.errors import counted, listed
from planner.problem import Problem
from planner.problem.school_counts import Also

if TYPE_CHECKING:
    from planner.terms import Constraint

__all__ = [
    "TOLERANCE",
    "Finding",
    "Rule",
    "at_home_or_today",
    "block_finding",
    "pairs_to_keep",
    "school_finding",
    "zone_sum",
]

# numbers this close to a limit, relative to it, hold it: sums of floats differ in the last digits
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule measured on a plan.

    Parameters
    ----------
    rule : str
    ok : bool
    measured, limit : float
        In `unit`; the measured value is the worst one.
    unit : str
    where : tuple of str
        Ids of the schools or blocks where the rule is broken.
    sentence : str
        The finding as a planner would say it.
    level : str
        Level it was measured at; empty where nobody has said.
    side : {"most", "least", ""}
        Whether the limit is a ceiling or a floor; empty where nothing is limited.
    school : str
        Name of the school that breaks the limit most, or comes closest to it; empty where the rule
        is about no school.
    """

    rule: str
    ok: bool
    measured: float
    limit: float
    unit: str
    where: tuple[str, ...]
    sentence: str
    level: str = ""
    side: str = ""
    school: str = ""


class Rule(Protocol):
    """A hard limit on plans."""

    @property
    def name(self) -> str:
        """Name of the rule, as scenario files use it."""
        ...

    @property
    def counts_also(self) -> tuple[Also, ...]:
        """What it counts besides the students of each block, which the public must not learn."""
        ...

    def lower(self, problem: Problem) -> list[Constraint]:
        """Write the rule for solver and search."""
        ...

    def check(self, problem: Problem, zone_of: Ints) -> list[Finding]:
        """Measure the rule on a plan, independently of `lower`."""
        ...

    def sentence(self) -> str:
        """Say the rule in plain words."""
        ...

    def variables(self) -> tuple[str, ...]:
        """Return the measures of people it decides by, such as ``poor``."""
        ...


def pairs_to_keep(problem: Problem) -> Bools:
    """Return the pairs that distance never forbids: today's school, and a school's own block.

    Returns
    -------
    (n, m) bool
    """
    keep = np.zeros((problem.n_blocks, problem.n_zones), dtype=bool)
    known = np.flatnonzero(problem.current >= 0)
    keep[known, problem.current[known]] = True
    keep[problem.root, np.arange(problem.n_zones)] = True
    return keep


def at_home_or_today(problem: Problem, zone_of: Ints) -> Bools:
    """Tell which blocks a plan leaves with today's school, or gives to the school in them, (n,)."""
    at_home = problem.root[zone_of] == np.arange(problem.n_blocks)
    return np.asarray((zone_of >= 0) & ((zone_of == problem.current) | at_home))


def block_finding(rule: str, problem: Problem, broken: Bools, *, good: str, bad: str) -> Finding:
    """Return the finding of a rule that each block holds or breaks.

    Parameters
    ----------
    rule : str
    problem : Problem
    broken : (n,) bool
    good, bad : str
        What is said where no block breaks it, and what is the matter with those that do.
    """
    ids = tuple(str(block) for block in problem.block_ids[broken])
    if not ids:
        return Finding(rule, True, 0.0, 0.0, "blocks", (), f"{good}.", side="most")
    students = counted(float(problem.students[broken].sum()), "student")
    text = f"{bad}: {counted(len(ids), 'block')} with {students} ({listed(ids)})."
    return Finding(rule, False, float(len(ids)), 0.0, "blocks", ids, text, side="most")


def school_finding(
    rule: str,
    schools: Sequence[tuple[str, str]],
    value: Floats,
    limit: Floats,
    *,
    side: str,
    unit: str,
    words: str,
    noun: str = "school",
) -> Finding:
    """Return the finding of a rule on one number a school.

    Parameters
    ----------
    schools : sequence of (id, name), (s,)
    value, limit : (s,) float64
        NaN limits are not held.
    side : {"most", "least"}
        Whether the limit is a ceiling or a floor.
    unit : str
    words : str
        What is measured, such as ``Students at each school``.
    noun : {"school", "zone"}
        What each number is about.
    """
    sign = 1.0 if side == "most" else -1.0
    slack = TOLERANCE * np.maximum(1.0, np.abs(limit))
    over = sign * (value - limit)
    broken = over > slack
    ids = tuple(schools[at][0] for at in np.flatnonzero(broken).tolist())
    if np.isnan(over).all():
        return Finding(
            rule, True, float("nan"), float("nan"), unit, (), f"{words}: nothing is limited."
        )
    worst = int(np.nanargmax(over))
    school = schools[worst][1]
    at = f"{school} with {value[worst]:.6g} (at {side} {limit[worst]:.6g} {unit})"
    if ids:
        broken_at = f"{counted(len(ids), noun)} ({listed(ids)})"
        text = f"{words}: limit broken at {broken_at}; worst is {at}."
    else:
        text = f"{words}: every {noun} holds the limit; the closest to it is {at}."
    return Finding(
        rule,
        not ids,
        float(value[worst]),
        float(limit[worst]),
        unit,
        ids,
        text,
        side=side,
        school=school,
    )


def zone_sum(problem: Problem, values: Floats, zone_of: Ints) -> Floats:
    """Add up a number of the blocks by zone, (m,); blocks without a zone (-1) are left out."""
    has_zone = zone_of >= 0
    return np.bincount(
        zone_of[has_zone], weights=values[has_zone], minlength=problem.n_zones
    ).astype(float)
