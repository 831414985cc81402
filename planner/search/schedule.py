"""When a search does what: its parts, and the rounds they are divided into.

Everything here is told in shares of the search, so that the same rounds can be run again whatever
the clock says.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["COLD", "FIRST_STEPS", "PARTS", "Part", "Round", "part_at", "rounds_of"]

FIRST_STEPS = 100_000  # moves tried by each worker in the first round of a timed search
LEAST_ROUNDS = 25  # of a counted search, so that every part has its turn and prices can rise
COLD = 0.03  # last temperature of every cooling, in typical changes of the aim


@dataclass(frozen=True, slots=True)
class Round:
    """The share of the search before and after a round, and the moves each worker tries."""

    begin: float
    end: float
    steps: int


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the search.

    Parameters
    ----------
    kind : str
        ``scout``: a short cooling from the start, to see which heat suits the problem.
        ``cool``: a long cooling from the best plan so far.  ``polish``: a few zones at a time.
    begin, end : float
        Shares of the search.
    heat : float
        First temperature: of a scout in typical changes of the aim; of a cooling in the best
        scout's, where there are moves enough for so much.
    """

    kind: str
    begin: float
    end: float
    heat: float = 0.0

    def temperature(self, share: float, heat: float, begin: float) -> float:
        """Return the temperature at a share of the search, `heat` where the cooling began."""
        done = (min(share, self.end) - begin) / max(self.end - begin, 1e-9)
        return float(heat * (COLD / heat) ** done)


PARTS = (
    Part("scout", 0.00, 0.05, 0.15),
    Part("scout", 0.05, 0.10, 0.8),
    Part("scout", 0.10, 0.15, 5.0),
    Part("cool", 0.15, 0.42, 4.0),
    Part("polish", 0.42, 0.54),
    Part("cool", 0.54, 0.68, 1.0),
    Part("polish", 0.68, 0.76),
    Part("cool", 0.76, 0.88, 4.0),
    Part("polish", 0.88, 1.00),
)


def part_at(share: float) -> Part:
    """Return the part of the search that a share falls into."""
    return next(part for part in PARTS if share < part.end or part is PARTS[-1])


def rounds_of(moves: int, lineages: int) -> list[Round]:
    """Divide a number of moves to be tried into rounds."""
    count = max(LEAST_ROUNDS, min(100, moves // (lineages * FIRST_STEPS)))
    count = max(1, min(count, moves // lineages))
    steps = max(1, moves // (lineages * count))
    return [Round(i / count, (i + 1) / count, steps) for i in range(count)]
