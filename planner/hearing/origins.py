"""Where the numbers come from, what to keep in mind, and which facts about students decided."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from geodata.reserved import POOR
from planner.hearing.figures import Figures
from planner.hearing.packet import Option, Packet
from planner.hearing.text import group_name
from planner.hearing.words import Words

__all__ = ["caveat_sentences", "missing_sentences", "race_sentences", "source_sentences"]


def source_sentences(words: Words, packet: Packet) -> list[str]:
    """Say who published each part of the data, for which year, under which licence."""
    told = []
    for part, origin in packet.district.provenance.items():
        facts = [words.known(origin.source)]
        if origin.vintage:
            facts.append(words("source.year", year=origin.vintage))
        if origin.method:
            facts.append(words.known(origin.method))
        if origin.licence:
            facts.append(words("source.licence", licence=words.known(origin.licence)))
        if origin.estimated:
            facts.append(words("source.estimated"))
        if any(facts):
            name = re.sub(r"[^a-z]", "", part.split(" ")[0].split("[")[0].lower())
            title = words.texts.get(f"source.{name}", words("source.other"))
            told.append(f"{title}: {'; '.join(fact for fact in facts if fact)}")
    return list(dict.fromkeys(told)) or [words("map.source_unknown")]


def caveat_sentences(words: Words, packet: Packet, figures: Figures) -> list[str]:
    """Say what a reader must keep in mind."""
    district, told = packet.district, []
    if district.students.proxy:
        sources = {origin.source for origin in district.provenance.values()}
        if any(district.students.proxy in source for source in sources):
            told.append(words("caveat.proxy_source"))
        else:
            told.append(words("caveat.proxy", proxy=words.known(district.students.proxy)))
    if district.students.estimated:
        told.append(words("caveat.estimated"))
    told.append(_travel(words, packet))
    has_estimate = not figures.is_public and figures.has("students_expected", "school")
    told.append(words("caveat.take_up" if has_estimate else "caveat.residents"))
    told.append(words("caveat.future"))
    if not figures.is_public and district.forecasts:
        told.append(words("caveat.forecast"))
    if district.geometry is not None:
        told.append(words("caveat.map_clean"))
    told.append(words("caveat.rounding"))
    if figures.threshold is not None:
        told.append(words("caveat.privacy", threshold=words.number(figures.threshold)))
    if figures.left_out:
        names = ", ".join(group_name(words, group) for group in figures.left_out)
        told.append(words("caveat.left_out", groups=names))
    return told


def missing_sentences(words: Words, packet: Packet, figures: Figures) -> list[str]:
    """Say what is not shown because the district has no numbers for it."""
    lacks = {
        "page.what_students": not figures.has("students", "district"),
        "page.what_poor": not figures.has("share", "district", POOR),
        "page.what_groups": not packet.district.students.groups,
        "page.what_capacity": not figures.has("utilization", "school"),
    }
    told = [words.texts[key] for key, lacking in lacks.items() if lacking]
    return [words("page.no_metric", what=", ".join(told))] if told else []


def race_sentences(words: Words, option: Option) -> list[str]:
    """Say which counts of people decided where borders are, and which were only watched."""
    ledger = option.run.record.get("ledger")
    if option.is_drawn or not isinstance(ledger, Mapping) or not ledger.get("known"):
        return [words("page.race_unknown")]
    uses: Sequence[Mapping[str, Any]] = ledger.get("uses") or ()
    decided = [_variable(words, use) for use in uses if use.get("decides")]
    watched = [_variable(words, use) for use in uses if not use.get("decides")]
    told = []
    if decided:
        told.append(words("page.race_decides", what=", ".join(decided)))
    else:
        told.append(words("page.race_none" if watched else "page.race_uncounted"))
    if watched:
        told.append(words("page.race_watched", what=", ".join(watched)))
    if ledger.get("race_decides"):
        told.append(words("page.race_caution"))
    return told


def _variable(words: Words, use: Mapping[str, Any]) -> str:
    return group_name(words, str(use.get("variable", "")).removeprefix("group:"))


def _travel(words: Words, packet: Packet) -> str:
    travel = packet.district.travel
    if travel.detour_factor is None:
        return words("caveat.travel_other", method=words.known(travel.label or travel.method))
    if travel.detour_factor == 1.0:
        return words("caveat.straight_line_as_is")
    digits = len(f"{travel.detour_factor:g}".partition(".")[2])
    return words("caveat.straight_line", factor=words.number(travel.detour_factor, digits))
