"""What gets better, what gets worse, and for whom: whole level, groups, schools."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Literal

import numpy as np

from geodata.reserved import ALL, POOR
from planner.hearing.criteria import judge, shown_criteria
from planner.hearing.figures import TODAY, Figures
from planner.hearing.packet import Option, Packet
from planner.hearing.rule_sentences import finding_sentences
from planner.hearing.separation import separation_sentence
from planner.hearing.tables import units_of
from planner.hearing.text import group_name, level_name
from planner.hearing.words import Words, load_words
from planner.hearing.written import Kind, write_ends, write_figure

__all__ = ["Effect", "effects_of", "no_effect_key", "untold_things"]

_FULL = 1.0  # share of seats
_LONGER_M = 160.0  # a tenth of a mile
_FULLER = 0.005
_SCHOOLS_TOLD = 6
_COUNTED = {"students_moved": "effect.moved", "walkers_to_riders": "effect.walkers_lost"}
"""Said of a plan alone: today nobody has changed anything yet."""
_OF_GROUPS = ("travel_mean_metres", "share_moved")
_OF_SCHOOLS = ("travel_mean_metres", "utilization")


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that gets better or worse.

    Parameters
    ----------
    side : {"better", "worse"}
    whom : {"rule", "all", "group", "school"}
    key : str
        Key of its sentence.
    size : float
        How much, for the order; larger first.
    fields : tuple of (name, kind, value)
        What the sentence fills in; kind "group" and "text" are names, kind "said" is a function
        of the words.
    """

    side: Literal["better", "worse"]
    whom: Literal["rule", "all", "group", "school"]
    key: str
    size: float
    fields: tuple[tuple[str, str, object], ...] = field(default_factory=tuple)

    def sentence(self, words: Words) -> str:
        """Return the effect in words."""
        filled: dict[str, str] = {"group": "", **self._ends(words)}
        for name, kind, value in sorted(self.fields, key=lambda f: f[1] == "word"):
            if kind == "text":
                filled[name] = str(value)
            elif kind == "said" and callable(value):
                filled[name] = str(value(words))
            elif kind == "group":
                filled[name] = group_name(words, str(value))
            elif kind == "word":
                filled[name] = words(str(value), group=filled["group"])
            elif name not in filled:
                filled[name] = write_figure(words, kind, value)  # type: ignore[arg-type]
        return words(self.key, **filled)

    def is_seen(self, words: Words) -> bool:
        """Tell whether the two ends differ as they are written."""
        ends = self._ends(words)
        return not ends or ends["before"] != ends["after"]

    def _ends(self, words: Words) -> dict[str, str]:
        """Write what it is today and what it would be; empty where there are no two ends."""
        ends = {name: (kind, value) for name, kind, value in self.fields}
        if not {"before", "after"} <= set(ends):
            return {}
        (kind, before), (_, after) = ends["before"], ends["after"]
        return write_ends(words, kind, before, after)  # type: ignore[arg-type]


def effects_of(packet: Packet, figures: Figures, option: Option, level: str) -> list[Effect]:
    """Return what an option makes better or worse than today, the largest of each kind first."""
    found = [
        *_on_rules(packet, figures, option, level),
        *_on_left_behind(packet, option, level),
        *_on_all(packet, figures, option, level),
        *_on_groups(packet, figures, option, level),
        *_on_schools(packet, figures, option, level),
    ]
    found = [effect for effect in found if effect.is_seen(load_words("en"))]
    order = {"rule": 0, "all": 1, "group": 2, "school": 3}
    return sorted(found, key=lambda e: (order[e.whom], -e.size if e.whom == "school" else 0.0))


def no_effect_key(figures: Figures, option: Option, level: str, side: str) -> str:
    """Return the key of what is said where an option makes nothing "better" (or "worse")."""
    if not (figures.packet.today[level] != "").any():
        return "effect.not_compared"
    is_all_told = not untold_things(load_words("en"), figures, option, level)
    return f"effect.none_{side}" if is_all_told else f"effect.none_told_{side}"


def untold_things(words: Words, figures: Figures, option: Option, level: str) -> list[str]:
    """Name what the public is not told of, whether it gets better or worse.

    Nothing is withheld of a level that stays as it is, schools and zones.
    """
    packet = figures.packet
    schools = {str(event.get("school")) for event in option.run.scenario.get("event") or ()}
    is_touched = any(not schools.isdisjoint(u.split("+")) for u in units_of(packet, level))
    if figures.is_as_today(option.letter, level) and not is_touched:
        return []

    def is_untold(metric: str, scope: str, name: str, group: str = ALL) -> bool:
        where = (metric, scope, name, group)
        after, before = figures.get(option.letter, *where), figures.get(TODAY, *where)
        return after.hidden or before.hidden

    what = [
        words(f"criterion.{criterion.metric}", group=group_name(words, group))
        for criterion, group in shown_criteria(packet, figures, level)
        if criterion.metric != "share_moved" and criterion.better != "neither"
        if is_untold(criterion.metric, criterion.scope, level, group)
    ]
    groups = (POOR, *packet.district.students.groups)
    if any(is_untold(m, "group", level, g) for m in _OF_GROUPS for g in groups):
        what.append(words("effect.untold_groups"))
    if any(is_untold(m, "school", u) for m in _OF_SCHOOLS for u in units_of(packet, level)):
        what.append(words("effect.untold_schools"))
    return what


def _on_rules(packet: Packet, figures: Figures, option: Option, level: str) -> Iterator[Effect]:
    """Yield the rules the option does not keep: bad news, whatever today is like."""
    findings = option.run.rules
    broken = ~findings["ok"] & figures.told(option)
    broken &= findings["level"].isin([level, ""])  # older runs do not tell the level
    told: dict[str, int] = {}

    @cache
    def english() -> list[str]:
        return finding_sentences(load_words("en"), figures, option)

    def sentence_of(words: Words, row: int) -> str:
        return finding_sentences(words, figures, option)[row]

    for row in np.flatnonzero(broken).tolist():
        told.setdefault(english()[row], row)
    for row in told.values():
        said = partial(sentence_of, row=row)
        yield Effect("worse", "rule", "effect.rule_broken", 0.0, (("rule", "said", said),))


def _on_all(packet: Packet, figures: Figures, option: Option, level: str) -> Iterator[Effect]:
    if separation_sentence(load_words("en"), figures, option, level):
        warns = partial(separation_sentence, figures=figures, option=option, level=level)
        yield Effect("worse", "all", "effect.said", 0.0, (("what", "said", warns),))
    for criterion, group in shown_criteria(packet, figures, level):
        verdict = judge(figures, option, criterion, level, group)
        if verdict not in ("better", "worse") or criterion.metric == "share_moved":
            continue
        where = (criterion.metric, criterion.scope, level, group)
        before, after = figures.get(TODAY, *where), figures.get(option.letter, *where)
        fields: tuple[tuple[str, str, object], ...] = (
            ("what", "word", f"criterion.{criterion.metric}"),
            ("group", "group", group),
            ("before", criterion.kind, before),
            ("after", criterion.kind, after),
        )
        key = _COUNTED.get(criterion.metric, "effect.criterion")
        if group not in (ALL,) and criterion.group == "*":
            key = "effect.criterion_group"
        yield Effect(verdict, "all", key, 0.0, fields)


def _on_groups(packet: Packet, figures: Figures, option: Option, level: str) -> Iterator[Effect]:
    for group in (POOR, *packet.district.students.groups):
        where = ("travel_mean_metres", "group", level, group)
        before, after = figures.get(TODAY, *where), figures.get(option.letter, *where)
        far = abs(after.value - before.value)
        if before.is_known and after.is_known and far >= _LONGER_M / 2:
            longer = after.value > before.value
            fields = (
                ("group", "group", group),
                ("before", "miles", before),
                ("after", "miles", after),
            )
            yield Effect(
                "worse" if longer else "better", "group",
                "effect.group_longer" if longer else "effect.group_shorter",
                far, fields,
            )  # fmt: skip
        everyone = figures.get(option.letter, "share_moved", "level", level, ALL)
        share = figures.get(option.letter, "share_moved", "group", level, group)
        if everyone.is_known and share.is_known and share.value >= everyone.value + 0.01:
            yield Effect(
                "worse", "group", "effect.group_moved", share.value - everyone.value,
                (("group", "group", group), ("share", "share", share), ("all", "share", everyone)),
            )  # fmt: skip


def _on_schools(packet: Packet, figures: Figures, option: Option, level: str) -> Iterator[Effect]:
    every = [
        effect
        for unit in units_of(packet, level)
        for effect in _on_school(packet, figures, option, unit)
    ]
    yield from _on_closing(packet, figures, option, level)
    for side in ("worse", "better"):
        mine = sorted((e for e in every if e.side == side), key=lambda e: -e.size)
        yield from mine[:_SCHOOLS_TOLD]


def _on_closing(packet: Packet, figures: Figures, option: Option, level: str) -> Iterator[Effect]:
    """Yield every school of today's that the option closes."""
    for unit in units_of(packet, level):
        if packet.serves(level, TODAY, unit) and packet.is_closed(option.letter, unit):
            students = figures.get(TODAY, "students", "school", unit)
            key = "effect.school_closes" if students.is_known else "effect.school_closes_unknown"
            fields = (("school", "text", packet.unit_name(unit)), ("n", "count", students))
            yield Effect("worse", "school", key, math.inf, fields)


def _on_left_behind(packet: Packet, option: Option, level: str) -> Iterator[Effect]:
    """Yield every school that closes while a level keeps its zones there."""
    for unit in units_of(packet, level):
        left = _levels_left_behind(packet, option, unit)
        if left and packet.is_closed(option.letter, unit):
            levels = partial(_level_names, levels=left)
            named = (("school", "text", packet.unit_name(unit)), ("levels", "said", levels))
            yield Effect("worse", "all", "effect.school_left_behind", math.inf, named)


def _levels_left_behind(packet: Packet, option: Option, unit: str) -> tuple[str, ...]:
    """Return the levels that keep their zones of today at schools that close."""
    today = packet.district.current
    at = today.loc[today["school_id"].isin(unit.split("+")), "level"].unique()
    return tuple(sorted(set(at) - set(option.plan.levels)))


def _level_names(words: Words, *, levels: tuple[str, ...]) -> str:
    return ", ".join(level_name(words, level) for level in levels)


def _on_school(packet: Packet, figures: Figures, option: Option, unit: str) -> Iterator[Effect]:
    name = ("school", "text", packet.unit_name(unit))
    full = [figures.get(at, "utilization", "school", unit) for at in (TODAY, option.letter)]
    if full[0].is_known and full[1].is_known and max(f.value for f in full) > _FULL + _FULLER:
        change = max(full[1].value, _FULL) - max(full[0].value, _FULL)
        if abs(change) >= _FULLER:
            key = "effect.school_fuller" if change > 0 else "effect.school_relieved"
            kind: Kind = "share"
            fields = (name, ("before", kind, full[0]), ("after", kind, full[1]))
            side: Literal["better", "worse"] = "worse" if change > 0 else "better"
            yield Effect(side, "school", key, 10 * abs(change), fields)
    way = [figures.get(at, "travel_mean_metres", "school", unit) for at in (TODAY, option.letter)]
    if way[0].is_known and way[1].is_known and abs(way[1].value - way[0].value) >= _LONGER_M:
        longer = way[1].value > way[0].value
        yield Effect(
            "worse" if longer else "better", "school",
            "effect.school_longer" if longer else "effect.school_shorter",
            abs(way[1].value - way[0].value) / 1609.344,
            (name, ("before", "miles", way[0]), ("after", "miles", way[1])),
        )  # fmt: skip
