"""The few facts on the card of each option."""

from __future__ import annotations

from collections.abc import Iterator

from geodata.reserved import ALL, OTHERS, POOR
from planner.hearing.criteria import Criterion, divides_grades, shown_criteria
from planner.hearing.figures import TODAY, Figure, Figures
from planner.hearing.packet import Option, Packet
from planner.hearing.rule_sentences import broken_rules
from planner.hearing.sentences import event_sentences
from planner.hearing.separation import separation_sentence
from planner.hearing.text import group_name, level_name
from planner.hearing.words import Words
from planner.hearing.written import Kind, write_ends, write_figure
from planner.metrics.documentation import STRATIFIED

__all__ = ["no_moves_key", "option_facts", "rules_fact", "today_facts"]

_EVENNESS = "dissimilarity"
_FACTS: tuple[tuple[str, str, Kind, str], ...] = (
    ("page.travel", "travel_mean_metres", "miles", ALL),
    ("page.full", "utilization_highest", "share", ALL),
    ("page.poverty", _EVENNESS, "index", POOR),
)


def option_facts(words: Words, packet: Packet, figures: Figures, option: Option) -> list[str]:
    """Say what happens to schools, how many move, how far, how full, how even, and other aims.

    With several levels, one text a level that begins with its name.
    """
    events = event_sentences(words, packet, option)
    levels = [level for level in packet.levels if level in option.plan.levels]
    told = {level: _level_facts(words, packet, figures, option, level) for level in levels}
    if len(levels) == 1:
        return [*events, *told[levels[0]]]
    return [
        *events,
        *(f"{level_name(words, level)}: {' '.join(facts)}" for level, facts in told.items()),
    ]


def _level_facts(
    words: Words, packet: Packet, figures: Figures, option: Option, level: str
) -> list[str]:
    facts = _shared(words, packet, option, level)
    moved = figures.get(option.letter, "students_moved", "level", level)
    share = figures.get(option.letter, "share_moved", "level", level)
    if not moved.is_known:
        facts.append(words("page.moved_unknown"))
    elif moved.value == 0:
        facts.append(words("page.moved_none"))
    else:
        n, part = write_figure(words, "count", moved), write_figure(words, "share", share)
        facts.append(words("page.moved", n=n, share=part))
    for key, metric, kind, group in _facts_of(packet, level):
        ends = _ends(words, figures, option, kind, (metric, "level", level, group))
        if ends:
            facts.append(words(key, **ends))
    warning = separation_sentence(words, figures, option, level)
    facts += [warning] if warning else []
    for criterion, group in _aimed_at(packet, figures, level):
        where = (criterion.metric, criterion.scope, level, group)
        ends = _ends(words, figures, option, criterion.kind, where)
        if ends:
            what = words(f"criterion.{criterion.metric}", group=group_name(words, group))
            facts.append(words("effect.criterion", what=what, **ends))
    return facts


def _facts_of(packet: Packet, level: str) -> Iterator[tuple[str, str, Kind, str]]:
    """Yield the facts; evenness within each grade where schools divide the grades of a zone."""
    for key, metric, kind, group in _FACTS:
        if metric == _EVENNESS and divides_grades(packet, level):
            yield f"{key}{STRATIFIED}", f"{metric}{STRATIFIED}", kind, group
        else:
            yield key, metric, kind, group


def _shared(words: Words, packet: Packet, option: Option, level: str) -> list[str]:
    """Say in how many zones schools would divide the grades that do not today."""
    today = packet.spans[TODAY, level]
    new = {o: grades for o, grades in packet.spans[option.letter, level].items() if o not in today}
    if not new:
        return []
    owner = min(new, key=packet.unit_name)
    names = [packet.unit_name(school) for school in owner.split("+")]
    example = " · ".join(f"{g}: {name}" for g, name in zip(new[owner], names, strict=True))
    return [words.plural("page.shared", len(new), example=example)]


def _aimed_at(packet: Packet, figures: Figures, level: str) -> Iterator[tuple[Criterion, str]]:
    """Yield what some option aims at beside the facts, with the group each is about."""
    told = {("students_moved", ALL), *((metric, group) for _, metric, _, group in _FACTS)}
    aims = {aim for each in packet.options for aim in _aims(each)} - told
    for criterion, group in shown_criteria(packet, figures, level):
        if (criterion.aim, group) in aims:
            yield criterion, group


def _aims(option: Option) -> Iterator[tuple[str, str]]:
    """Yield metric and group of what an option aims at, where a metric says just that."""
    for entry in option.run.scenario.get("objective") or []:
        if entry.get("against", OTHERS) == OTHERS:
            yield str(entry.get("use")), str(entry.get("group", ALL))


def _ends(
    words: Words, figures: Figures, option: Option, kind: Kind, where: tuple[str, str, str, str]
) -> dict[str, str]:
    """Write a number under the option and today; empty where one is not known."""
    after, before = figures.get(option.letter, *where), figures.get(TODAY, *where)
    if not (after.is_known and before.is_known):
        return {}
    return write_ends(words, kind, before, after)


def no_moves_key(figures: Figures, option: Option, level: str) -> str:
    """Return the key of what is said where an option has no table of moves."""
    is_known = figures.get(option.letter, "students_moved", "level", level).is_known
    return "page.moves_none" if is_known else "page.moved_unknown"


def rules_fact(words: Words, figures: Figures, option: Option) -> tuple[str, str]:
    """Say whether the option keeps its rules, and "kept" or "broken".

    Empty without rules; where not every verdict may be told, or is known, the first says that.
    """
    rules = len(set(option.run.rules["rule"]))
    broken = len(broken_rules(figures, option))
    if option.run.record.get("unchecked") and not broken:
        return words("page.rules_unchecked"), ""
    if not rules:
        return "", ""
    if not figures.told(option).all():
        return words("page.rules_untold"), ""
    if not broken:
        return words.plural("page.rules_all_kept", rules), "kept"
    return words.plural("page.rules_broken", broken, all=words.number(rules)), "broken"


def today_facts(words: Words, packet: Packet, figures: Figures) -> list[str]:
    """Say how many students there are, in how many schools, and what the options are told by.

    With several levels, one text a level that begins with its name.
    """
    told = {level: list(_level_today(words, packet, figures, level)) for level in packet.levels}
    if len(told) == 1:
        return [fact for facts in told.values() for fact in facts]
    return [f"{level_name(words, level)}: {' '.join(facts)}" for level, facts in told.items()]


def _level_today(words: Words, packet: Packet, figures: Figures, level: str) -> Iterator[str]:
    used = {s for owner in packet.today[level].unique() if owner for s in owner.split("+")}
    if not used:
        yield words("page.place_none")
        return
    n = write_figure(words, "count", figures.get(TODAY, "students", "level", level))
    yield words("page.today_students", n=n, schools=words.plural("unit.schools", len(used)))
    for key, metric, kind, group in _facts_of(packet, level):
        now = figures.get(TODAY, metric, "level", level, group)
        if now.is_known:
            yield words(f"{key}_today", n=_now(words, kind, now))
    for criterion, group in _aimed_at(packet, figures, level):
        now = figures.get(TODAY, criterion.metric, criterion.scope, level, group)
        if now.is_known:
            what = words(f"criterion.{criterion.metric}", group=group_name(words, group))
            yield f"{what}: {_now(words, criterion.kind, now)}."


def _now(words: Words, kind: Kind, figure: Figure) -> str:
    """Write a number of today with as many digits as beside one of an option."""
    return write_ends(words, kind, figure, figure)["before"]
