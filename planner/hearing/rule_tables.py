"""Every rule with its limit, what was measured and whether it is kept."""

from __future__ import annotations

import math

from planner.hearing.certainty import write_amount
from planner.hearing.figures import POOR, TODAY, Figure, Figures
from planner.hearing.packet import Option, Packet
from planner.hearing.rule_sentences import finding_sentences
from planner.hearing.tables import Cell, Kind, Table
from planner.hearing.text import at_levels
from planner.hearing.words import Words

__all__ = ["rule_table"]

_KINDS: dict[str, Kind] = {"students": "count", "blocks": "count", "schools": "count"}


def rule_table(words: Words, packet: Packet, figures: Figures, option: Option) -> Table | None:
    """Return the findings of an option's rules, one row an end; None where it has none.

    The school is the one that breaks the limit most, or comes closest to it.  In a public packet
    measured numbers of students are not shown: they are numbers of single schools; nor are
    verdicts that would tell something of them.
    """
    findings = option.run.rules
    if findings.empty:
        return None
    columns = ["rule", "level", "ok", "measured", "limit", "unit", "side", "school"]
    rows = []
    for text, told, (rule, level, ok, measured, limit, unit, side, school) in zip(
        finding_sentences(words, packet, option),
        figures.told(option),
        findings[columns].itertuples(index=False, name=None),
        strict=True,
    ):
        word = f"verdict.{'kept' if ok else 'broken'}" if told else "number.hidden"
        hide = figures.is_public and unit != "blocks"
        said = at_levels(words, option, {"levels": [level]}, text)
        rows.append(
            (
                Cell("text", text=said + _band_told(words, packet, figures, option, str(rule))),
                Cell("text", text="" if hide else str(school)),
                Cell("text", text=_limit(words, float(limit), str(unit), str(side), hide=hide)),
                _amount(words, float(measured), str(unit), hide=hide),
                Cell("text", word=word, verdict=""),
            )
        )
    keys = ("table.rule", "table.where", "table.limit", "table.measured", "table.kept")
    return Table(
        f"rules {option.letter}", "measure.rules", tuple((key, {}) for key in keys), tuple(rows),
        {"letter": option.letter},
    )  # fmt: skip


def _band_told(words: Words, packet: Packet, figures: Figures, option: Option, rule: str) -> str:
    """Say what a band around the district's share comes to."""
    entries = [e for e in option.run.scenario.get("rule") or [] if e.get("use") == rule]
    for entry in entries if rule == "balance_band" and len(entries) == 1 else ():
        if entry.get("within_points") is not None:
            group, points = str(entry.get("group", POOR)), float(entry["within_points"]) / 100
            share = figures.get(TODAY, "share", "level", packet.levels[0], group)
            if len(packet.levels) == 1 and share.is_known and not share.side:
                low, high = max(share.value - points, 0.0), min(share.value + points, 1.0)
                ends = {"low": words.percent(low, 1), "high": words.percent(high, 1)}
                return " " + words("rules.band_is", share=words.percent(share.value, 1), **ends)
    return ""


def _limit(words: Words, value: float, unit: str, side: str, *, hide: bool) -> str:
    """Say a limit: at least or at most, how much, in which unit."""
    if hide:
        return words("number.hidden")
    if not math.isfinite(value):
        return ""
    if unit == "%":
        amount = words.percent(value / 100, 1)
    else:
        amount = write_amount(words, value, {"unit": unit})
    if f"unit.{unit}" in words.texts:
        amount = words(f"unit.{unit}", n=amount)
    return words(f"rules.at_{side}", amount=amount) if side else amount


def _amount(words: Words, value: float, unit: str, *, hide: bool) -> Cell:
    """Return a measured value."""
    if hide:
        return Cell("text", text=words("number.hidden"))
    if unit in _KINDS:
        return Cell(_KINDS[unit], figure=Figure(value))
    if unit == "%":
        return Cell("text", text=words.percent(value / 100, 1))
    if unit == "km":
        return Cell("miles", figure=Figure(value * 1000))
    if unit in ("share", "points", "min"):
        return Cell("text", text=write_amount(words, value, {"unit": unit}))
    return Cell("index", figure=Figure(value))
