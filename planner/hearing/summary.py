"""The few facts on the card of each option."""

from __future__ import annotations

from planner.hearing.figures import ALL, POOR, TODAY, Figures
from planner.hearing.packet import Option, Packet
from planner.hearing.sentences import broken_rules
from planner.hearing.tables import Kind, units_of, write_figure
from planner.hearing.words import Words

__all__ = ["option_facts", "rules_fact", "today_facts"]

_FACTS: tuple[tuple[str, str, Kind, str], ...] = (
    ("page.travel", "travel_mean_metres", "miles", ALL),
    ("page.full", "utilization_highest", "share", ALL),
    ("page.poverty", "dissimilarity", "index", POOR),
)


def option_facts(words: Words, packet: Packet, figures: Figures, option: Option) -> list[str]:
    """Say how many move, how far, how full, how even."""
    facts = []
    for level in option.plan.levels:
        moved = figures.get(option.letter, "students_moved", "level", level)
        share = figures.get(option.letter, "share_moved", "level", level)
        if not moved.is_known:
            facts.append(words("page.moved_unknown"))
        elif moved.value == 0:
            facts.append(words("page.moved_none"))
        else:
            n, part = write_figure(words, "count", moved), write_figure(words, "share", share)
            facts.append(words("page.moved", n=n, share=part))
        for key, metric, kind, group in _FACTS:
            after = figures.get(option.letter, metric, "level", level, group)
            before = figures.get(TODAY, metric, "level", level, group)
            if after.is_known and before.is_known:
                ends = {
                    "after": write_figure(words, kind, after),
                    "before": write_figure(words, kind, before),
                }
                facts.append(words(key, **ends))
    return facts


def rules_fact(words: Words, figures: Figures, option: Option) -> tuple[str, str]:
    """Say whether the option keeps its rules, and "kept" or "broken".

    Empty without rules, and where not every verdict may be told.
    """
    rules = len(set(option.run.rules["rule"]))
    broken = len(broken_rules(figures, option))
    if not rules or not figures.told(option).all():
        return "", ""
    if not broken:
        return words.plural("page.rules_all_kept", rules), "kept"
    return words.plural("page.rules_broken", broken, all=words.number(rules)), "broken"


def today_facts(words: Words, packet: Packet, figures: Figures) -> list[str]:
    """Say how many students there are, in how many schools."""
    facts = []
    for level in packet.levels:
        n = write_figure(words, "count", figures.get(TODAY, "students", "level", level))
        used = {s for owner in packet.today[level].unique() if owner for s in owner.split("+")}
        count = len(used) or len(units_of(packet, level))
        name = words.texts.get(f"level.{level}", level)
        schools = words.number(count)
        facts.append(f"{name}: " + words("page.today_students", n=n, schools=schools))
    return facts
