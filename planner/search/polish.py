"""How a plan is polished: which of two methods gains most on this problem is learnt by use."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from planner.search.schedule import COLD
from planner.search.tasks import Neighbourhoods, Regions, Work

__all__ = ["MODELS", "REGIONS", "Polish"]

REGIONS, MODELS = "regions", "models"
TRIALS = 2  # uses of each method before they are compared
REMEMBERED = 5  # last uses of a method that count
LOOK_AGAIN = 8  # every so many uses, the other method has a turn
REGION_STEPS = 200_000
MODEL_STEPS = 750_000  # moves that could be tried in the time of one neighbourhood model
REGION_HEAT = (0.2, 5.0)  # first temperatures of regions, in typical changes of the aim
MODEL_ZONES, MODEL_NODES = (3, 6), 200


@dataclass
class Polish:
    """Chooses between annealing regions and solving neighbourhoods as integer programs.

    Regions suit aims of any form; models suit linear aims under tight bands.  What each gained is
    counted in the aim for the moves that could have been tried meanwhile, never by the clock.

    Parameters
    ----------
    n_zones : int
        Zones of the problem.
    has_models : bool
        Whether rules and aim are linear; around a plan's slopes models gain nothing and take long.
    """

    n_zones: int
    has_models: bool
    gains: dict[str, deque[float]] = field(
        default_factory=lambda: {m: deque(maxlen=REMEMBERED) for m in (REGIONS, MODELS)}
    )
    uses: int = 0

    @property
    def leader(self) -> str:
        """The method that gained more in its last uses; regions where none did."""
        mean = {m: sum(gains) / len(gains) for m, gains in self.gains.items() if gains}
        return MODELS if mean.get(MODELS, 0.0) > mean.get(REGIONS, 0.0) else REGIONS

    @property
    def is_gaining(self) -> bool:
        """Whether polishing still made the plan better the last times."""
        return any(gain > 0.0 for gains in self.gains.values() for gain in gains)

    def choose(self, steps: int) -> str:
        """Return the method of the next round, in which each worker may try so many moves."""
        if not self.has_models or steps < MODEL_STEPS // 4:
            return REGIONS
        self.uses += 1
        for method, gains in self.gains.items():
            if len(gains) < TRIALS:
                return method
        other = REGIONS if self.leader == MODELS else MODELS
        return other if self.uses % LOOK_AGAIN == 0 else self.leader

    def learn(self, method: str, gain: float, steps: int) -> None:
        """Remember what a method gained in a round."""
        cost = steps if method == REGIONS else max(steps, MODEL_STEPS)
        self.gains[method].append(gain / cost)

    def work(self, method: str, steps: int, typical: float, exchange: float) -> Work:
        """Return the work of one worker; `typical` is the unit of temperatures."""
        most = max(2, min(12, self.n_zones))
        if method == MODELS:
            zones = (min(MODEL_ZONES[0], most), min(MODEL_ZONES[1], most))
            return Neighbourhoods(max(1, steps // MODEL_STEPS), zones, MODEL_NODES)
        size = min(REGION_STEPS, steps)
        heat = (REGION_HEAT[0] * typical, REGION_HEAT[1] * typical)
        zones = (min(3, most), most)
        return Regions(steps // size, size, zones, heat, COLD * typical, exchange)
