"""Whether a plan is cooled or polished next: by what has won more for its moves."""

from __future__ import annotations

from dataclasses import dataclass, field

from planner.search.polish import Polish
from planner.search.schedule import Part, Round

__all__ = ["Turns"]


@dataclass
class Turns:
    """Lets polishing go on in the time of a cooling where that wins more.

    Before anything was cooled, models and composed plans go first as long as they lead, because
    heat undoes what they do and takes long.  Later, what cooling and polishing have won for each
    move decides.

    Parameters
    ----------
    polish : Polish
    won : dict of str to float
        In the score, by kind of round.
    tried : dict of str to int
        Moves that each worker could try, by kind of round.
    """

    polish: Polish
    won: dict[str, float] = field(default_factory=dict)
    tried: dict[str, int] = field(default_factory=dict)
    _cooling: Part | None = None
    _hot_at: float = 0.0

    def kind(self, part: Part, one: Round, left: float) -> str:
        """Return the kind of the next round; `left` moves may still be tried by each worker."""
        return "polish" if part.kind == "cool" and self._polishes_on(one, left) else part.kind

    def learn(self, kind: str, gain: float, cost: int) -> None:
        """Remember what a round won, and the moves that could have been tried meanwhile."""
        self.won[kind] = self.won.get(kind, 0.0) + gain
        self.tried[kind] = self.tried.get(kind, 0) + cost

    def cooling_begins(self, part: Part, one: Round) -> float:
        """Return the share of the search where the part's cooling began: it begins hot there."""
        if part is not self._cooling:
            self._cooling, self._hot_at = part, one.begin
        return self._hot_at

    def _polishes_on(self, one: Round, left: float) -> bool:
        if not self.tried.get("cool"):
            return self.polish.prefers_models(one.steps, left)
        if not self.tried.get("polish"):
            return False
        rate = {kind: self.won[kind] / self.tried[kind] for kind in ("cool", "polish")}
        return self.polish.is_gaining and rate["polish"] > rate["cool"]
