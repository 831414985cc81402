"""Every rule with its limit, what was measured and whether it is kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from geodata.reserved import POOR
from planner.hearing.certainty import write_amount
from planner.hearing.figures import TODAY, Figure, Figures
from planner.hearing.packet import Option, Packet
from planner.hearing.rule_sentences import finding_sentences, tells_numbers
from planner.hearing.tables import Cell, Table
from planner.hearing.text import at_levels
from planner.hearing.words import Words
from planner.hearing.written import Kind

__all__ = ["rule_table"]

_GRAVEST = ("verdict.broken", "number.hidden", "verdict.kept")
_OF_LEVEL = {"max_students_moved": "students_moved"}
"""Rules that measure a figure of the whole level, and the figure."""
_KINDS: dict[str, Kind] = {"students": "count", "blocks": "count", "schools": "count"}


def rule_table(
    words: Words, packet: Packet, figures: Figures, option: Option, only: str | None = None
) -> Table | None:
    """Return the findings of an option's rules, one row an end; None where it has none.

    With `only` they are those of one level, which need not be named then.

    The school is the one that breaks the limit most, or comes closest to it.  In a public packet
    measured numbers of single schools are not shown, nor are limits that would tell which school
    it is, nor verdicts that would tell something of it.
    """
    findings = option.run.rules
    if findings.empty:
        return None
    rows = [
        _row(
            words,
            packet,
            figures,
            option,
            found=finding,
            text=text,
            is_told=is_told,
            is_alone=bool(only),
        )
        for text, is_told, finding in zip(
            finding_sentences(words, figures, option),
            figures.told(option),
            map(_Finding._make, findings[list(_Finding._fields)].to_numpy(dtype=object)),
            strict=True,
        )
        if only in (None, finding.level)
    ]
    if not rows:
        return None
    rows = _joined(rows)  # what is hidden makes the two ends of a rule alike
    keys = ("table.rule", "table.where", "table.limit", "table.measured", "table.kept")
    return Table(
        f"rules {option.letter}", "measure.rules", tuple((key, {}) for key in keys), tuple(rows),
        {"letter": option.letter},
    )  # fmt: skip


def _joined(rows: Sequence[tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
    """Join rows that differ only in the verdict: one is broken, else not told, else kept."""
    found: dict[tuple[Cell, ...], list[Cell]] = {}
    for *told, verdict in rows:
        found.setdefault(tuple(told), []).append(verdict)
    return [
        (*told, min(verdicts, key=lambda cell: _GRAVEST.index(cell.word)))
        for told, verdicts in found.items()
    ]


class _Finding(NamedTuple):
    """A row of rules.csv."""

    rule: str
    level: str
    ok: bool
    measured: float
    limit: float
    unit: str
    side: str
    school: str


def _row(
    words: Words,
    packet: Packet,
    figures: Figures,
    option: Option,
    *,
    found: _Finding,
    text: str,
    is_told: bool,
    is_alone: bool,
) -> tuple[Cell, ...]:
    """Return a finding's rule, school, limit, measure and verdict."""
    word = f"verdict.{'kept' if found.ok else 'broken'}" if is_told else "number.hidden"
    hide = figures.is_public and found.unit != "blocks"
    said = text if is_alone else at_levels(words, option, {"levels": [found.level]}, text)
    limit = _limit(words, float(found.limit), str(found.unit), str(found.side))
    if hide:  # the limit of the school at hand would tell which school it is
        is_said = text != words("rules.other", name=found.rule)
        limit = words("rules.limit_said" if is_said else "number.hidden")
    return (
        Cell("text", text=said + _band_told(words, packet, figures, option, str(found.rule))),
        Cell("text", text="" if hide else str(found.school)),
        Cell("text", text=limit),
        _level_figure(figures, option, found) if hide else _amount(words, found),
        Cell("text", word=word, verdict=""),
    )


def _band_told(words: Words, packet: Packet, figures: Figures, option: Option, rule: str) -> str:
    """Say what a band around the district's share comes to, in whole percent as schools' shares."""
    entries = [e for e in option.run.scenario.get("rule") or [] if e.get("use") == rule]
    is_told = len(entries) == 1 and tells_numbers(figures, option, rule)
    for entry in entries if rule == "balance_band" and is_told else ():
        if entry.get("within_points") is not None:
            group, points = str(entry.get("group", POOR)), float(entry["within_points"]) / 100
            share = figures.get(TODAY, "share", "level", packet.levels[0], group)
            if len(packet.levels) == 1 and share.is_known and not share.side:
                low, high = max(share.value - points, 0.0), min(share.value + points, 1.0)
                ends = {"low": words.percent(low), "high": words.percent(high)}
                return " " + words("rules.band_is", share=words.percent(share.value), **ends)
    return ""


def _limit(words: Words, value: float, unit: str, side: str) -> str:
    """Say a limit: at least or at most, how much, in which unit."""
    if not math.isfinite(value):
        return ""
    if (value, unit, side) == (0.0, "blocks", "most"):
        return words("rules.limit_none")
    if unit == "%":
        amount = words.percent(value / 100, 1)
    else:
        amount = write_amount(words, value, {"unit": unit})
    if f"unit.{unit}_many" in words.texts:
        many = "one" if amount == words.number(1) else "many"
        amount = words(f"unit.{unit}_{many}", n=amount)
    return words(f"rules.at_{side}", amount=amount) if side else amount


def _level_figure(figures: Figures, option: Option, found: _Finding) -> Cell:
    """Return what was measured, as far as it may be told: where it is a figure of the level."""
    metric = _OF_LEVEL.get(found.rule)
    if metric is None:
        return Cell("count", word="number.hidden")
    return Cell("count", figure=figures.get(option.letter, metric, "level", found.level))


def _amount(words: Words, found: _Finding) -> Cell:
    """Return a measured value."""
    value, unit = float(found.measured), str(found.unit)
    if unit in _KINDS:
        return Cell(_KINDS[unit], figure=Figure(value))
    if unit == "%":
        return Cell("text", text=words.percent(value / 100, 1))
    if unit == "km":
        return Cell("miles", figure=Figure(value * 1000))
    if unit in ("share", "points", "min"):
        return Cell("text", text=write_amount(words, value, {"unit": unit}))
    return Cell("index", figure=Figure(value))
