"""What stands on every map and page: which plan this is, how sure we are, where it comes from."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from geodata import District
from planner.hearing.certainty import (
    PROVEN,
    USELESS,
    aim_words,
    final_aims,
    write_amount,
    write_gap,
)
from planner.hearing.words import Words
from planner.runs import Run
from planner.runs.drawn import is_drawn

__all__ = ["Imprint", "imprint_of", "letters_of", "titles_of"]


@dataclass(frozen=True, slots=True)
class Imprint:
    """Facts about one option that no sheet may go without.

    Parameters
    ----------
    district : str
    letter : str
        The option's letter; empty for today's zones.
    title : str
        The option's title.
    state : {"draft", "adopted", "not_adopted", "today"}
    day : date
        When the packet was made.
    plan_id : str
    status : str
        As in run.json.
    gap : float or None [share]
        Proven distance from the best possible plan.
    aims : tuple of mapping
        First aim of each level: name, level, unit, gap, and bound where it may be told.
    seed : int or None
    source : str
    proxy : str
        What the counts are where they are not students; empty where they are.
    """

    district: str
    letter: str
    title: str
    state: str
    day: date
    plan_id: str
    status: str
    gap: float | None = None
    aims: tuple[Mapping[str, Any], ...] = ()
    seed: int | None = None
    source: str = ""
    proxy: str = ""

    def at(self, level: str) -> Imprint:
        """Return what stands on a map of one level: how sure we are of that level."""
        mine = tuple(aim for aim in self.aims if aim.get("level") == level)
        if not mine:
            return self
        gap = mine[0].get("gap")
        # a run has no bound where one of its levels has none
        status = "FEASIBLE" if self.status == "HEURISTIC" and gap is not None else self.status
        return replace(self, status=status, gap=gap, aims=mine)

    def how_sure(self, words: Words) -> str:
        """Say how good the plan is known to be, at its first aim."""
        told = self._how_sure(words)
        is_claimed = self.gap is not None and self.gap < USELESS
        is_beside = is_claimed and any(aim.get("beside") for aim in self.aims)
        return f"{told} ({words('sure.beside_short')})" if is_beside else told

    def _how_sure(self, words: Words) -> str:
        if self.certainty == "FEASIBLE" and (self.gap is None or self.gap >= USELESS):
            return words("sure.FEASIBLE_unknown")
        if self.certainty == "FEASIBLE" and self.gap is not None and self.gap < PROVEN:
            return words("sure.PROVEN_OPTIMAL")
        each = "_each" if self.certainty == "FEASIBLE" and len(self.aims) > 1 else ""
        return words(f"sure.{self.certainty}{each}", gap=write_gap(words, self.gap))

    @property
    def certainty(self) -> str:
        """How sure the plan itself is, which may be less than the run's status.

        Without a bound nothing is claimed; a plan that gave some of its first aim back for the
        next one is no longer proven best.
        """
        if self.status == "FEASIBLE" and self.gap is None:
            return "HEURISTIC"
        if self.status == "PROVEN_OPTIMAL" and self.gap is not None and self.gap > PROVEN:
            return "FEASIBLE"
        return self.status

    def identity(self, words: Words) -> str:
        """Return one line: draft or adopted, plan id, how sure, date, seed."""
        made = words("map.made", date=words.date(self.day))
        if not self.letter:
            return f"{words(f'state.{self.state}')} · {made}"
        parts = [
            words(f"state.{self.state}"),
            words("map.plan_id", plan_id=self.plan_id),
            self.how_sure(words),
            *self._limit(words),
            made,
        ]
        if self.seed is not None:
            parts.append(words("map.seed", seed=self.seed))
        return " · ".join(parts)

    def _limit(self, words: Words) -> list[str]:
        """Say the proven limit of the first aim, where it is known, tells something and may.

        Of several levels each has a limit of its own, which stands on its maps.
        """
        aim = self.aims[0] if len(self.aims) == 1 else {}
        if aim.get("bound") is None or self.gap is None or self.gap >= USELESS:
            return []
        what = aim_words(words, aim)
        return [words("sure.limit", what=what, bound=write_amount(words, aim["bound"], aim))]

    def stamp(self, words: Words) -> str:
        """Return the small print under a map: where it comes from and which plan it shows."""
        return f"{self.origin(words)} · {self.identity(words)}"

    def short(self, words: Words) -> str:
        """Return what fits one line at the foot of a page: state, plan id, date."""
        parts = [words(f"state.{self.state}"), words("map.plan_id", plan_id=self.plan_id)]
        return " · ".join([*parts, words("map.made", date=words.date(self.day))])

    def origin(self, words: Words) -> str:
        """Return one line: where the data come from, and whether they are estimates."""
        source = words.known(self.source) or words("map.source_unknown")
        text = words("map.source", source=source)
        if self.proxy and self.proxy in self.source:
            text += ". " + words("map.estimated_source")
        elif self.proxy:
            text += ". " + words("map.estimated", proxy=words.known(self.proxy))
        return text


def titles_of(runs: Sequence[Run]) -> list[str]:
    """Return a title for each run, no two the same."""
    titles: list[str] = []
    for run in runs:
        title, number = run.title, 1
        if is_drawn(run.record) and title in titles:
            title = f"{title} ({run.record['search']['drawn_elsewhere'].get('file', '')})"
        while title in titles:
            number += 1
            title = f"{run.title} ({number})"
        titles.append(title)
    return titles


def imprint_of(
    district: District,
    run: Run,
    letter: str,
    *,
    day: date,
    adopted: str,
    title: str,
    public: bool = False,
) -> Imprint:
    """Return what stands on every sheet of an option; for the public without the bounds."""
    record = run.record
    drawn = is_drawn(record)
    aims = () if drawn else tuple(_first_aims(run, public=public))
    sources = dict.fromkeys(
        " ".join(part for part in (p.source, p.vintage) if part)
        for p in district.provenance.values()
        if p.source
    )
    decided = "adopted" if adopted == letter else "not_adopted"
    return Imprint(
        district=district.name,
        letter=letter,
        title=title,
        state=decided if adopted else "draft",
        day=day,
        plan_id=run.plan_id,
        status="EVALUATED" if drawn else run.status,
        gap=_worst_gap(aims),
        aims=aims,
        seed=None if drawn else record.get("seed"),
        source="; ".join(sources),
        proxy=district.students.proxy,
    )


def _worst_gap(aims: Sequence[Mapping[str, Any]]) -> float | None:
    """Return the largest gap of the levels' first aims; None where one of them is not known."""
    gaps = [aim.get("gap") for aim in aims]
    known = [float(gap) for gap in gaps if gap is not None]
    return max(known) if known and len(known) == len(gaps) else None


def _first_aims(run: Run, *, public: bool) -> Iterator[Mapping[str, Any]]:
    levels: set[str] = set()
    for aim in final_aims(run):
        level = str(aim.get("level", ""))
        if level not in levels:
            levels.add(level)
            yield aim | {"bound": None} if public else aim


def letters_of(count: int) -> list[str]:
    """Return the letters of options: A … Z, AA …, as many."""
    single = list(string.ascii_uppercase)
    return (single + [a + b for a in single for b in single])[:count]
