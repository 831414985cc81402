"""One tiny canonical text for every rule and objective: what they say to solver and search.

Where a change is meant, run the tests with UPDATE_GOLDEN=1, read the difference, and commit it.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from tiny_problem import OBJECTIVE_CASES, RULE_CASES, tiny_problem

from planner.problem import Problem
from planner.terms import (
    AllowedPairs,
    Amount,
    Apart,
    Constraint,
    Contiguous,
    CutLength,
    Limit,
    PairAmount,
    Spread,
    Together,
    WeightedSum,
    ZoneBand,
    ZoneDeviation,
    ZoneRatio,
    ZoneShape,
    ZoneWorst,
)

FOLDER = Path(__file__).parent / "terms"
PROBLEM = tiny_problem()


def number(value: float) -> str:
    """Write a number the same on every machine."""
    return {np.inf: "inf", -np.inf: "-inf"}.get(value, f"{value:.6g}")


def tally_text(measures: dict[str, float]) -> str:
    """Write a combination of measures."""
    return " + ".join(f"{number(factor)} {name}" for name, factor in measures.items())


def constraint_text(term: Constraint, problem: Problem) -> list[str]:
    """Write a constraint, one line a block or zone."""
    zones = problem.zone_ids.tolist()
    if isinstance(term, AllowedPairs):
        rows = zip(problem.block_ids, term.allowed, strict=True)
        return [
            f"{term.name}: allowed pairs",
            *(f"  {b}: {' '.join(z for z, ok in zip(zones, row, strict=True) if ok)}"
              for b, row in rows),
        ]  # fmt: skip
    if isinstance(term, ZoneBand):
        sides = zip(zones, term.lower, term.upper, strict=True)
        middle = tally_text(dict(term.measures))
        return [
            f"{term.name} [{term.unit}]: band",
            *(f"  {z}: {number(low)} <= {middle} <= {number(high)}" for z, low, high in sides),
        ]
    if isinstance(term, Limit):
        head = f"{term.name}: at most {number(term.at_most)} of"
        return [head, *("  " + line for line in amount_text(term.amount, problem))]
    if isinstance(term, Contiguous):
        return [f"{term.name}: contiguous, dissolve islands: {term.dissolve_islands}"]
    if isinstance(term, Together):
        rows = zip(problem.block_ids, term.group_of, strict=True)
        return [f"{term.name}: together", *(f"  {b}: {group}" for b, group in rows)]
    raise TypeError(type(term))


def amount_text(amount: Amount, problem: Problem) -> list[str]:
    """Write an amount, one line a block, zone or part."""
    zones = problem.zone_ids.tolist()
    head = f"{amount.name} [{amount.unit}]: "
    if isinstance(amount, PairAmount):
        lines = [
            f"  {b}: " + " ".join(f"{z} {number(c)}" for z, c in zip(zones, row, strict=True))
            for b, row in zip(problem.block_ids, amount.cost, strict=True)
        ]
        return [head + f"pairs, plus {number(amount.constant)}", *lines]
    if isinstance(amount, ZoneDeviation):
        rows = zip(zones, amount.weight, amount.lower, amount.upper, strict=True)
        middle = tally_text(dict(amount.measures))
        lines = [
            f"  {z}: {number(w)} * distance of {middle} from [{number(low)}, {number(high)}]"
            for z, w, low, high in rows
        ]
        return [head + "sum of deviations", *lines]
    if isinstance(amount, ZoneRatio):
        ratio = f"{number(amount.weight)} * {amount.a} * {amount.b} / {amount.c}"
        return [head + f"sum over zones of {ratio}, convex: {amount.is_convex}"]
    if isinstance(amount, ZoneWorst):
        parts = amount_text(amount.deviation, problem)
        return [head + "worst zone of", *("  " + line for line in parts)]
    if isinstance(amount, CutLength):
        return [head + f"{number(amount.weight)} per metre of border between zones"]
    if isinstance(amount, Apart):
        rows = zip(problem.block_ids, amount.group_of, amount.count, strict=True)
        whole = "zone" if amount.of_zones else "group"
        lines = [f"  {b}: {number(count)} of group {group}" for b, group, count in rows]
        return [head + f"those not in the largest part of their {whole}", *lines]
    if isinstance(amount, ZoneShape):
        return [head + "sum over zones of 1 - 4 pi area / border^2"]
    if isinstance(amount, WeightedSum):
        lines = []
        for weight, part in amount.parts:
            lines.append(f"  {number(weight)} *")
            lines += ["  " + text for text in amount_text(part, problem)]
        return [head + f"weighted sum, plus {number(amount.constant)}", *lines]
    if isinstance(amount, Spread):
        lines = ["  " + line for part in amount.parts for line in amount_text(part, problem)]
        return [head + "largest less smallest of", *lines]
    raise TypeError(type(amount))


def compare(name: str, lines: list[str]) -> None:
    """Compare a text with its golden file, or write it where UPDATE_GOLDEN is set."""
    path, text = FOLDER / f"{name}.txt", "\n".join(lines) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert path.is_file(), f"no golden text for {name}: run with UPDATE_GOLDEN=1 and read it"
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", RULE_CASES)
def test_a_rule_says_what_it_always_said(name: str) -> None:
    """The lowered terms of a rule, its sentence and its findings on today's plan are as written."""
    rule = RULE_CASES[name]
    lines = [rule.sentence(), ""]
    for term in rule.lower(PROBLEM):
        lines += constraint_text(term, PROBLEM)
    lines += ["", "on today's plan:"]
    for finding in rule.check(PROBLEM, PROBLEM.current):
        lines.append(f"  {'kept' if finding.ok else 'broken'}: {finding.sentence}")
    compare(f"rule.{name}", lines)


@pytest.mark.parametrize("name", OBJECTIVE_CASES)
def test_an_objective_says_what_it_always_said(name: str) -> None:
    """The amount of an objective, its sentence and its value on today's plan are as written."""
    aim = OBJECTIVE_CASES[name]
    lines = [aim.sentence(), "", *amount_text(aim.amount(PROBLEM), PROBLEM), ""]
    lines.append(f"on today's plan: {number(aim.measure(PROBLEM, PROBLEM.current))} {aim.unit}")
    compare(f"objective.{name}", lines)


def test_no_golden_text_is_left_over() -> None:
    """Every file belongs to a case."""
    names = {f"rule.{name}" for name in RULE_CASES}
    names |= {f"objective.{name}" for name in OBJECTIVE_CASES}
    assert {path.stem for path in FOLDER.glob("*.txt")} == names
