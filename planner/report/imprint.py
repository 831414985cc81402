"""What stands on every map and page: which plan this is, how sure we are, where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from planner.report.words import Words

__all__ = ["Imprint"]

_PROVEN = 5e-4


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
    state : {"draft", "adopted"}
    day : date
        When the packet was made.
    plan_id : str
    status : str
        As in run.json.
    gap : float or None [share]
        Proven distance from the best possible plan.
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
    seed: int | None = None
    source: str = ""
    proxy: str = ""

    def how_sure(self, words: Words) -> str:
        """Say how good the plan is known to be."""
        return words(f"sure.{self.certainty}", gap=words.percent(self.gap, 1))

    @property
    def certainty(self) -> str:
        """How sure the plan itself is, which may be less than the run's status.

        Without a bound nothing is claimed; a plan that gave some of its first aim back for the
        next one is no longer proven best.
        """
        if self.status == "FEASIBLE" and self.gap is None:
            return "HEURISTIC"
        if self.status == "PROVEN_OPTIMAL" and self.gap is not None and self.gap > _PROVEN:
            return "FEASIBLE"
        return self.status

    def identity(self, words: Words) -> str:
        """Return one line: draft or adopted, plan id, how sure, seed, date."""
        made = words("map.made", date=words.date(self.day))
        if not self.letter:
            return f"{words(f'state.{self.state}')} · {made}"
        parts = [
            words(f"state.{self.state}"),
            words("map.plan_id", plan_id=self.plan_id),
            self.how_sure(words),
        ]
        if self.seed is not None:
            parts.append(words("map.seed", seed=self.seed))
        return " · ".join([*parts, made])

    def origin(self, words: Words) -> str:
        """Return one line: where the data come from, and whether they are estimates."""
        text = words("map.source", source=self.source or words("map.source_unknown"))
        if self.proxy:
            text += ". " + words("map.estimated", proxy=self.proxy)
        return text
