"""The further questions of a sweep file: other futures, and other plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.errors import ScenarioError

__all__ = ["Ensemble", "Robustness"]


@dataclass(frozen=True, slots=True)
class Robustness:
    """Demand draws that the best plans found are put through.

    Parameters
    ----------
    draws : int
        Draws a year.
    years : int
        School years ahead.
    floor_share, ceiling_share : float [share]
        The band a school should stay in, of its seats; where seats are unknown, of the mean
        school.
    growth_share : float [share]
        Yearly growth of the whole district; counts by grade move up a grade a year instead.
    growth_spread_share : float [share]
        Standard deviation of that yearly growth.
    noise_share : float [share]
        Standard deviation of the error of a block's estimated count, beside its Poisson noise.
    history : tuple of tuples of float [students]
        Students of the district by school year (oldest first) and grade of the level (lowest
        first): the survival of cohorts comes from it; without it everybody moves up.
    seed : int
    """

    draws: int = 500
    years: int = 5
    floor_share: float = 0.7
    ceiling_share: float = 1.1
    growth_share: float = 0.0
    growth_spread_share: float = 0.02
    noise_share: float = 0.1
    history: tuple[tuple[float, ...], ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what no future could mean."""
        least = {"draws": 1, "years": 1, "seed": 0, "floor_share": 0, "noise_share": 0}
        faults = _below(self, least | {"growth_spread_share": 0})
        if self.ceiling_share < self.floor_share:
            faults.append(
                f"ceiling_share = {self.ceiling_share:g} is below floor_share = "
                f"{self.floor_share:g}"
            )
        if self.growth_share <= -1:
            faults.append(f"growth_share = {self.growth_share:g} must be above -1: nobody is left")
        faults += _history_faults(self.history)
        if faults:
            raise ScenarioError("; ".join(faults))


@dataclass(frozen=True, slots=True)
class Ensemble:
    """A crowd of compact plans that hold the base's rules, drawn without any of its aims.

    Parameters
    ----------
    plans : int
    moves_between : int
        Moves tried between two plans of one chain.
    chains : int
        Chains that begin at today's plan, each with its own random numbers.
    seed : int
    """

    plans: int = 200
    moves_between: int = 20_000
    chains: int = 2
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what no crowd could mean."""
        least = {"plans": 1, "moves_between": 1, "chains": 1, "seed": 0}
        if faults := _below(self, least):
            raise ScenarioError("; ".join(faults))


def _below(asked: Robustness | Ensemble, least: Mapping[str, float]) -> list[str]:
    """Return which options are below what they may be."""
    return [
        f"{key} = {getattr(asked, key):g} must be {bound:g} or more"
        for key, bound in least.items()
        if getattr(asked, key) < bound
    ]


def _history_faults(history: Sequence[Sequence[float]]) -> list[str]:
    """Return why no survival of cohorts can be counted from a history."""
    if not history:
        return []
    widths = sorted({len(row) for row in history})
    if len(history) < 2 or len(widths) > 1 or widths[0] < 2:
        told = ", ".join(map(str, widths))
        return [
            "history needs a row for each of two or more school years, all with one count for "
            f"each grade; here {len(history)} rows have {told} counts"
        ]
    if any(count < 0 for row in history for count in row):
        return ["history holds a negative count"]
    before = [sum(column[:-1]) for column in zip(*history, strict=True)]
    empty = [str(at) for at, total in enumerate(before[:-1], start=1) if total == 0]
    if empty:
        told = ", ".join(empty)
        return [f"history has nobody in its grade number {told} before the last year"]
    return []
