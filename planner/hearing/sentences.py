"""Rules, aims, events and certainty of an option in plain sentences, in any language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from planner.hearing.certainty import PROVEN, USELESS, final_aims, write_amount, write_gap
from planner.hearing.figures import Figures
from planner.hearing.packet import Option, Packet
from planner.hearing.text import group_name
from planner.hearing.words import METRES_PER_KM, Words

__all__ = [
    "aim_sentences",
    "broken_rules",
    "event_sentences",
    "rule_sentence",
    "rule_sentences",
    "sure_sentences",
]

_NAMES_TOLD = 6
_PUBLIC_KEYS = {"value_public": "no_bound", "bound_public": "gap"}

Entry = Mapping[str, Any]


def rule_sentences(words: Words, packet: Packet, option: Option) -> list[str]:
    """Say every rule of an option's scenario; an unknown rule by its finding, as it stands."""
    entries = list(option.run.scenario.get("rule") or [])
    if not entries:
        return [words("rules.none")]
    told = [words("rule.assign_once")]
    for entry in entries:
        name = str(entry.get("use", ""))
        say = _RULES.get(name)
        told.append(say(words, packet, entry) if say else words("rules.other", name=name))
    return list(dict.fromkeys(told))


def broken_rules(figures: Figures, option: Option) -> list[str]:
    """Return the names of the rules an option does not keep, as far as that may be told."""
    findings = option.run.rules
    broken = findings.loc[~findings["ok"] & figures.told(option), "rule"]
    return list(dict.fromkeys(str(name) for name in broken))


def rule_sentence(words: Words, packet: Packet, option: Option, name: str) -> str:
    """Say one rule by its name, with its limits as the option's scenario has them."""
    entries = list(option.run.scenario.get("rule") or [])
    mine = [entry for entry in entries if entry.get("use") == name] or [{}]
    say = _RULES.get(name)
    if say is None or (name != "assign_once" and not mine[0]):
        return words("rules.other", name=name)
    return " ".join(dict.fromkeys(str(say(words, packet, entry)) for entry in mine))


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
        other = str(entry.get("against", entry.get("to", "others")))
        whom = words("aim.others") if other == "others" else group_name(words, other)
        name = str(entry.get("use"))
        told.append(words(key, group=group, other=whom) if key in words.texts else name)
    return told or [words("aim.none")]


def event_sentences(words: Words, packet: Packet, option: Option) -> list[str]:
    """Say what happens to schools: closing, opening and so on."""
    told = []
    for entry in option.run.scenario.get("event") or []:
        key = f"event.{entry.get('kind')}"
        school = packet.unit_name(str(entry.get("school", "")))
        low, high = entry.get("grade_low", ""), entry.get("grade_high", "")
        seats = entry.get("seats", entry.get("capacity_seats"))
        fields = {
            "school": str(entry.get("name") or school), "grades": f"{low}–{high}".strip("–"),
            "seats": words.number(None if seats is None else float(seats)),
        }  # fmt: skip
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
        name, gap, level = str(entry.get("name")), entry.get("gap"), str(entry.get("level", ""))
        what = words.texts.get(f"aim_name.{name}", name)
        if len(option.plan.levels) > 1:
            what = f"{words.texts.get(f'level.{level}', level)}: {what}"
        value, bound = (write_amount(words, entry.get(k), entry) for k in ("value", "bound"))
        kind = _limit_kind(entry)
        shown = f"{kind}_public" if public else kind
        fields = {"what": what, "value": value, "bound": bound, "gap": write_gap(words, gap)}
        text = words(f"sure.{_PUBLIC_KEYS.get(shown, shown)}", **fields)
        if level in levels and kind in ("bound", "exact"):
            text = f"{text} {words('sure.after')}"
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


def _band(words: Words, key: str, low: str | None, high: str | None) -> str:
    """Say a band with two ends, or one."""
    if low is not None and high is not None:
        return words(f"{key}_band", low=low, high=high)
    return words(f"{key}_least", low=low) if low is not None else words(f"{key}_most", high=high)


def _shares(words: Words, entry: Entry) -> tuple[str | None, str | None]:
    ends = entry.get("floor_share"), entry.get("ceiling_share")
    low, high = (None if end is None else words.percent(float(end)) for end in ends)
    return low, high


def _except(words: Words, packet: Packet, entry: Entry) -> str:
    schools = [packet.unit_name(str(s)) for s in entry.get("except_schools") or ()]
    return words("rules.except", schools=_listed(schools)) if schools else ""


def _capacity(words: Words, packet: Packet, entry: Entry) -> str:
    return _band(words, "rule.capacity", *_shares(words, entry)) + _except(words, packet, entry)


def _size(words: Words, packet: Packet, entry: Entry) -> str:
    base = "mean" if entry.get("relative_to") == "mean" else "today"
    said = _band(words, f"rule.size_{base}", *_shares(words, entry))
    return said + _except(words, packet, entry)


def _enrollment(words: Words, packet: Packet, entry: Entry) -> str:
    ends = entry.get("min_students"), entry.get("max_students")
    low, high = (None if end is None else words.number(float(end)) for end in ends)
    return _band(words, "rule.enrollment", low, high) + _except(words, packet, entry)


def _travel(words: Words, packet: Packet, entry: Entry) -> str:
    km, minutes, times = (entry.get(k) for k in ("max_km", "max_minutes", "times_today"))
    way = None
    if km is not None:
        way = words.miles(float(km) * METRES_PER_KM)
    elif minutes is not None:
        way = words("rules.minutes", n=words.number(float(minutes)))
    many = None if times is None else words.number(float(times), 2 if float(times) % 0.5 else 1)
    if way is None:
        return words("rule.travel_times", times=many)
    if many is None:
        return words("rule.travel_fixed", way=way)
    return words("rule.travel_both", way=way, times=many)


def _balance(words: Words, packet: Packet, entry: Entry) -> str:
    group = group_name(words, str(entry.get("group", "poor")))
    if entry.get("within_points") is not None:
        points = words.number(float(entry["within_points"]))
        return words("rule.balance_within", group=group, points=points)
    low, high = float(entry.get("low_percent") or 0), float(entry.get("high_percent") or 100)
    ends = {"low": words.percent(low / 100), "high": words.percent(high / 100)}
    return words("rule.balance_range", group=group, **ends)


def _moved(words: Words, packet: Packet, entry: Entry) -> str:
    if entry.get("max_students") is not None:
        return words("rule.moved_students", n=words.number(float(entry["max_students"])))
    return words("rule.moved_share", share=words.percent(float(entry.get("max_share") or 0), 1))


def _locked(words: Words, packet: Packet, entry: Entry) -> str:
    zones = [packet.unit_name(str(z)) for z in entry.get("zones") or ()]
    if zones:
        return words("rule.locked_zones", zones=_listed(zones))
    return words("rule.locked_blocks", n=words.number(len(entry.get("blocks") or ())))


def _forbidden(words: Words, packet: Packet, entry: Entry) -> str:
    schools = _listed([packet.unit_name(str(s)) for s in entry.get("schools") or ()])
    blocks = words.number(len(entry.get("blocks") or ()))
    return words("rule.forbidden", n=blocks, schools=schools)


def _limit(words: Words, packet: Packet, entry: Entry) -> str:
    aim = entry.get("objective")
    name = str(aim.get("use") if isinstance(aim, Mapping) else aim)
    what = words.texts.get(f"aim_name.{name}", name)
    return words("rule.limit", what=what, most=words.number(float(entry.get("at_most", 0)), 3))


def _together(words: Words, packet: Packet, entry: Entry) -> str:
    return words("rule.keep_together", attribute=str(entry.get("attribute", "")))


def _nearest(words: Words, packet: Packet, entry: Entry) -> str:
    return words("rule.nearest_schools", n=words.number(float(entry.get("count", 1))))


def _contiguity(words: Words, packet: Packet, entry: Entry) -> str:
    return words(f"rule.contiguity_{entry.get('islands', 'keep')}")


def _plain(key: str) -> Any:
    return lambda words, packet, entry: words(key)


_RULES: Mapping[str, Any] = {
    "assign_once": _plain("rule.assign_once"),
    "capacity": _capacity,
    "size": _size,
    "enrollment": _enrollment,
    "travel_limit": _travel,
    "nearest_schools": _nearest,
    "contiguity": _contiguity,
    "school_in_own_zone": _plain("rule.school_in_own_zone"),
    "balance_band": _balance,
    "locked": _locked,
    "forbidden": _forbidden,
    "keep_together": _together,
    "max_students_moved": _moved,
    "limit": _limit,
}


def _listed(names: Sequence[str]) -> str:
    more = f" … (+{len(names) - _NAMES_TOLD})" if len(names) > _NAMES_TOLD else ""
    return ", ".join(names[:_NAMES_TOLD]) + more
