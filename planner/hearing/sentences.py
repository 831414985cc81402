"""Aims, events and certainty of an option in plain sentences, in any language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geodata.reserved import OTHERS
from planner.hearing.certainty import (
    PROVEN,
    USELESS,
    aim_words,
    final_aims,
    walking_distance,
    write_amount,
    write_gap,
)
from planner.hearing.packet import Option, Packet
from planner.hearing.text import at_levels, group_name
from planner.hearing.words import Words

__all__ = [
    "aim_sentences",
    "event_sentences",
    "sure_sentences",
]

_PUBLIC_KEYS = {"value_public": "no_bound", "bound_public": "gap"}

Entry = Mapping[str, Any]


def aim_sentences(words: Words, packet: Packet, option: Option) -> list[str]:
    """Say what an option aims at, first things first; a plan drawn elsewhere has no aim."""
    if option.is_drawn:
        return [words("aim.none")]
    entries = sorted(
        option.run.scenario.get("objective") or [], key=lambda e: float(e.get("priority", 1))
    )
    told = []
    for entry in entries:
        key = f"aim.{entry.get('use')}"
        group = group_name(words, str(entry.get("group", "")))
        other = str(entry.get("against", entry.get("to", OTHERS)))
        whom = words("aim.others") if other == OTHERS else group_name(words, other)
        name = str(entry.get("use"))
        fields = {"group": group, "other": whom, "way": walking_distance(words, entry)}
        text = words(key, **fields) if key in words.texts else name
        told.append(at_levels(words, option, entry, text + _gives_back(words, entry)))
    return told or [words("aim.free")]


def _gives_back(words: Words, entry: Entry) -> str:
    """Say what the aim above may lose for an aim; empty where nothing."""
    share, amount = entry.get("keep_within_share"), entry.get("keep_within")
    if not share and not amount:
        return ""
    digits = len(f"{100 * float(share or 0):.3g}".partition(".")[2])  # no more than were asked
    much = words.percent(float(share), digits) if share else words.number(float(amount or 0), 2)
    return " " + words("aim.gives_back", much=much)


def event_sentences(words: Words, packet: Packet, option: Option) -> list[str]:
    """Say what happens to schools: closing, opening and so on."""
    told = []
    for entry in option.run.scenario.get("event") or []:
        key = f"event.{entry.get('kind')}"
        name = str(entry.get("school", ""))
        school, after = packet.unit_name(name), packet.supplies[option.letter].schools
        own = after.loc[name].to_dict() if name in after.index else {}
        low, high = str(own.get("grade_low", "")), str(own.get("grade_high", ""))
        span = low if low == high else f"{low}-{high}".strip("-")
        seats = entry.get("capacity_seats")
        seats = own.get("capacity_seats") if seats is None else seats
        fields = {
            "school": str(entry.get("name") or school),
            "grades": str(entry.get("grades") or span),
            "seats": words.number(None if seats is None else float(seats)),
        }
        told.append(
            words(key, **fields) if key in words.texts else f"{entry.get('kind')}: {school}"
        )
    return told


def sure_sentences(words: Words, option: Option, *, public: bool) -> list[str]:
    """Say how good an option is known to be, aim by aim.

    Parameters
    ----------
    public : bool
        Leave out the numbers themselves; the distance from the best possible stays.
    """
    told = [words(f"sure.about_{_certainty(option)}")]
    if option.is_drawn:
        return told
    levels: list[str] = []
    for entry in final_aims(option.run):
        gap, level = entry.get("gap"), str(entry.get("level", ""))
        what = aim_words(words, entry)
        if len(option.plan.levels) > 1:
            what = f"{words.texts.get(f'level.{level}', level)}: {what}"
        value, bound = (write_amount(words, entry.get(k), entry) for k in ("value", "bound"))
        kind = _limit_kind(entry)
        shown = f"{kind}_public" if public else kind
        fields = {"what": what, "value": value, "bound": bound, "gap": write_gap(words, gap)}
        text = words(f"sure.{_PUBLIC_KEYS.get(shown, shown)}", **fields)
        if level in levels and kind in ("bound", "exact"):
            text = f"{text} {words('sure.after')}"
        if kind in ("bound", "exact") and entry.get("beside"):
            text = f"{text} {words('sure.beside')}"
        reached = write_amount(words, entry.get("reached"), entry)
        if not public and entry.get("reached") is not None and reached != value:
            text = f"{text} {words('sure.given_back', reached=reached)}"
        levels.append(level)
        told.append(text)
    return told


def _limit_kind(entry: Entry) -> str:
    """Return what is known of an aim: no limit, reached exactly, close to it, or far from it."""
    gap = entry.get("gap")
    if entry.get("bound") is None or gap is None:
        return "value"
    return "exact" if gap < PROVEN else "useless" if gap >= USELESS else "bound"


def _certainty(option: Option) -> str:
    sure = option.imprint.certainty
    return sure if sure in ("PROVEN_OPTIMAL", "FEASIBLE", "HEURISTIC") else "EVALUATED"
