"""The rules of an option in plain sentences, in any language.

A plan that was searched for keeps its rules, as everybody knows.  A rule with its number is
therefore a finding, and the public is told the number only where it is told the verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from geodata.reserved import OTHERS, POOR
from planner.hearing.certainty import aim_name, walking_distance, write_amount
from planner.hearing.figures import Figures
from planner.hearing.packet import Option, Packet
from planner.hearing.text import at_levels, group_name
from planner.hearing.words import METRES_PER_KM, NumbersHidden, Words
from planner.objectives import OBJECTIVES

__all__ = ["broken_rules", "finding_sentences", "rule_sentence", "rule_sentences", "tells_numbers"]

_NAMES_TOLD = 6
_DIGITS = 3  # a limit is written as it was asked, with no more digits than these
_UNITS = {kind.name: unit for kind in OBJECTIVES if isinstance(unit := vars(kind)["unit"], str)}
"""Units of the aims that have only one; others are options, said beside the limit."""

_OF_MAPS = frozenset({"travel_limit", "nearest_schools", "keep_walkers", "locked", "forbidden"})
"""Rules with numbers that anybody can check on a plan: they tell nothing of students."""

Entry = Mapping[str, Any]


def rule_sentences(words: Words, figures: Figures, option: Option) -> list[str]:
    """Say every rule of an option's scenario; an unknown rule by its finding, as it stands.

    Where the option has several levels, a rule of some of them begins with their names.
    """
    entries = list(_rules_of(option))
    if not entries:
        return [words("rules.none" if option.is_drawn else "rule.assign_once")]
    told = [words("rule.assign_once")]
    for entry in entries:
        text = _said(words, figures, option, entry)
        told.append(at_levels(words, option, entry, text))
    return list(dict.fromkeys(told))


def broken_rules(figures: Figures, option: Option) -> list[str]:
    """Return the names of the rules an option does not keep, as far as that may be told."""
    findings = option.run.rules
    broken = ~findings["ok"] & figures.told(option)
    return list(dict.fromkeys(str(name) for name in findings.loc[broken, "rule"]))


def rule_sentence(
    words: Words, figures: Figures, option: Option, name: str, level: str = ""
) -> str:
    """Say one rule by its name in rules.csv, with its limits as the option's scenario has them.

    Parameters
    ----------
    level : str
        Only as it holds at this level; empty: as it holds anywhere.
    """
    if name == "assign_once":
        return words("rule.assign_once")
    mine = _said_of(words, figures, option, name, level)
    return " ".join(dict.fromkeys(mine)) or words("rules.other", name=name)


def finding_sentences(words: Words, figures: Figures, option: Option) -> list[str]:
    """Return the sentence of each row of an option's rules.csv.

    Several rules of one kind have their rows in the order in which they were asked; where the
    rows do not tell which is whose, each has the sentences of all of them.
    """
    findings = option.run.rules
    told: dict[Any, str] = {}
    for (name, level), rows in findings.groupby(["rule", "level"], sort=False):
        mine = _said_of(words, figures, option, str(name), str(level))
        whole = rule_sentence(words, figures, option, str(name), str(level))
        is_even = len(mine) > 1 and len(rows) % len(mine) == 0
        for at, row in enumerate(rows.index):
            told[row] = mine[at * len(mine) // len(rows)] if is_even else whole
    return [told[row] for row in findings.index]


def _said_of(words: Words, figures: Figures, option: Option, name: str, level: str) -> list[str]:
    """Say the rules that have a name in rules.csv, as they hold at a level (empty: at any)."""
    return [
        _said(words, figures, option, entry)
        for entry in _rules_of(option)
        if _finding_name(entry) == name and level in (*(entry.get("levels") or (level,)), "")
    ]


def _said(words: Words, figures: Figures, option: Option, entry: Entry) -> str:
    name = str(entry.get("use", ""))
    say = _RULES.get(name)
    if name not in _OF_MAPS and not tells_numbers(figures, option, _finding_name(entry)):
        words = NumbersHidden(words.lang, words.texts)
    text = str(say(words, figures.packet, entry)) if say else words("rules.other", name=name)
    return words("rule.in_year", year=entry["year"], rule=text) if entry.get("year") else text


def tells_numbers(figures: Figures, option: Option, name: str) -> bool:
    """Tell whether the numbers of a rule (as rules.csv names it) may be told with it."""
    if not figures.is_public:
        return True
    told = figures.told(option)[option.run.rules["rule"] == name]
    return bool(len(told)) and bool(told.all())


def _rules_of(option: Option) -> Iterator[Entry]:
    """Yield the rules as they were asked, once a year; limits with the unit of their aim."""
    for entry in option.run.scenario.get("rule") or []:
        unit = _UNITS.get(str(entry.get("objective")), "")
        for year in entry.get("years") or (None,):
            yield {"unit": unit, **entry, "year": year}


def _finding_name(entry: Entry) -> str:
    """Return the name a rule has in rules.csv: a limit's has that of its aim, then the year."""
    parts = (entry.get("use", ""), entry.get("objective"), entry.get("year"))
    return ".".join(str(part) for part in parts if part is not None)


def _exact(value: float) -> int:
    """Return how many digits a limit needs to be written as it was asked."""
    for digits in range(_DIGITS):
        if abs(round(value, digits) - value) < 1e-9:
            return digits
    return _DIGITS


def _number(words: Words, value: Any) -> str:
    return words.number(float(value), _exact(float(value)))


def _percent(words: Words, share: Any) -> str:
    return words.percent(float(share), _exact(100 * float(share)))


def _band(words: Words, key: str, low: str | None, high: str | None) -> str:
    """Say a band with two ends, or one."""
    if low is not None and high is not None:
        return words(f"{key}_band", low=low, high=high)
    return words(f"{key}_least", low=low) if low is not None else words(f"{key}_most", high=high)


def _shares(words: Words, entry: Entry) -> tuple[str | None, str | None]:
    ends = entry.get("floor_share"), entry.get("ceiling_share")
    low, high = (None if end is None else _percent(words, end) for end in ends)
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
        way = words.miles(float(km) * METRES_PER_KM, max(1, _exact(float(km))))
    elif minutes is not None:
        way = words("rules.minutes", n=_number(words, minutes))
    many = None if times is None else words.number(float(times), max(1, _exact(float(times))))
    if way is None:
        return words("rule.travel_times", times=many)
    if many is None:
        return words("rule.travel_fixed", way=way)
    return words("rule.travel_both", way=way, times=many)


def _balance(words: Words, packet: Packet, entry: Entry) -> str:
    group = group_name(words, str(entry.get("group", POOR)))
    if entry.get("within_points") is not None:
        points = _number(words, entry["within_points"])
        return words("rule.balance_within", group=group, points=points)
    low, high = float(entry.get("low_percent") or 0), float(entry.get("high_percent") or 100)
    ends = {"low": _percent(words, low / 100), "high": _percent(words, high / 100)}
    return words("rule.balance_range", group=group, **ends)


def _moved(words: Words, packet: Packet, entry: Entry) -> str:
    if entry.get("max_students") is not None:
        return words.plural("rule.moved_students", float(entry["max_students"]))
    return words("rule.moved_share", share=_percent(words, entry.get("max_share") or 0))


def _locked(words: Words, packet: Packet, entry: Entry) -> str:
    zones = _listed([packet.unit_name(str(z)) for z in entry.get("zones") or ()])
    blocks = len(entry.get("blocks") or ())
    to = "_to" if entry.get("school") else ""
    school = packet.unit_name(str(entry.get("school") or ""))
    told = []
    if zones:
        told.append(words(f"rule.locked_zones{to}", zones=zones, school=school))
    if entry.get("attribute"):
        entries = _entries(words, entry)
        told.append(words(f"rule.locked_attribute{to}", entries=entries, school=school))
    if entry.get("blocks") or not told:
        told.append(words.plural(f"rule.locked_blocks{to}", blocks, school=school))
    return " ".join(told)


def _entries(words: Words, entry: Entry) -> str:
    """Say which entries of a column are meant; numbers such as years stand as they are."""
    name, least = str(entry.get("attribute")), entry.get("at_least")
    if least is not None:
        return words("rules.entries_from", attribute=name, least=f"{float(least):.12g}")
    values = _listed([str(value) for value in entry.get("values") or ()])
    return words("rules.entries", attribute=name, values=values)


def _forbidden(words: Words, packet: Packet, entry: Entry) -> str:
    schools = _listed([packet.unit_name(str(s)) for s in entry.get("schools") or ()])
    return words.plural("rule.forbidden", len(entry.get("blocks") or ()), schools=schools)


def _limit(words: Words, packet: Packet, entry: Entry) -> str:
    name, other = str(entry.get("objective")), str(entry.get("against", entry.get("to", "")))
    what = aim_name(words, name, entry)
    whom = [group_name(words, str(entry["group"]))] if entry.get("group") else []
    if other:
        whom.append(words("aim.others") if other == OTHERS else group_name(words, other))
    if whom:
        what = f"{what}, {' – '.join(whom)}"
    return words("rule.limit", what=what, most=write_amount(words, entry.get("at_most"), entry))


def _together(words: Words, packet: Packet, entry: Entry) -> str:
    return words("rule.keep_together", attribute=str(entry.get("attribute", "")))


def _whole_feeders(words: Words, packet: Packet, entry: Entry) -> str:
    return words("rule.whole_feeders") + _except(words, packet, entry)


def _nearest(words: Words, packet: Packet, entry: Entry) -> str:
    return words.plural("rule.nearest_schools", float(entry.get("count", 1)))


def _walkers(words: Words, packet: Packet, entry: Entry) -> str:
    minutes = entry.get("within_minutes")
    if minutes is None:
        return words("rule.keep_walkers", way=walking_distance(words, entry))
    return words("rule.keep_walkers", way=words("rules.minutes", n=_number(words, minutes)))


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
    "keep_walkers": _walkers,
    "contiguity": _contiguity,
    "school_in_own_zone": _plain("rule.school_in_own_zone"),
    "balance_band": _balance,
    "locked": _locked,
    "forbidden": _forbidden,
    "keep_together": _together,
    "whole_feeders": _whole_feeders,
    "max_students_moved": _moved,
    "limit": _limit,
}


def _listed(names: Sequence[str]) -> str:
    more = f" … (+{len(names) - _NAMES_TOLD})" if len(names) > _NAMES_TOLD else ""
    return ", ".join(names[:_NAMES_TOLD]) + more
