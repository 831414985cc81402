"""Every rule with its limit, what was measured and whether it is kept."""

from __future__ import annotations

from planner.report.figures import Figure, Figures
from planner.report.packet import Option, Packet
from planner.report.sentences import rule_sentence
from planner.report.tables import Cell, Kind, Table
from planner.report.words import Words

__all__ = ["rule_table"]

_KINDS: dict[str, Kind] = {"students": "count", "blocks": "count", "schools": "count"}


def rule_table(words: Words, packet: Packet, figures: Figures, option: Option) -> Table | None:
    """Return the findings of an option's rules; None where it has none.

    Findings of one rule stand under its sentence.  In a public packet measured numbers of
    students are left out: they are numbers of single schools.
    """
    findings = option.run.rules
    if findings.empty:
        return None
    rows = []
    for rule, ok, measured, limit, unit in findings[
        ["rule", "ok", "measured", "limit", "unit"]
    ].itertuples(index=False, name=None):
        hide = figures.is_public and unit != "blocks"
        amounts = [
            Cell("text", text="") if hide else _amount(words, float(value), str(unit))
            for value in (limit, measured)
        ]
        kept = "kept" if bool(ok) else "broken"
        rows.append(
            (
                Cell("text", text=rule_sentence(words, packet, option, str(rule))),
                *amounts,
                Cell("text", word=f"verdict.{kept}", verdict=""),
            )
        )
    keys = ("table.rule", "table.limit", "table.measured", "table.kept")
    return Table(
        f"rules {option.letter}", "measure.rules", tuple((key, {}) for key in keys), tuple(rows),
        {"letter": option.letter},
    )  # fmt: skip


def _amount(words: Words, value: float, unit: str) -> Cell:
    """Return a measured value or limit with its unit."""
    if unit in _KINDS:
        return Cell(_KINDS[unit], figure=Figure(value))
    if unit == "%":
        return Cell("share", figure=Figure(value / 100))
    if unit == "km":
        return Cell("miles", figure=Figure(value * 1000))
    return Cell("index", figure=Figure(value))
