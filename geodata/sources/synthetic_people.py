"""Who lives in a made-up town: land use, incomes, groups and students by grade.

Everything is drawn from smooth fields around the centres, from the neighbourhood and from chance;
no number is taken from any real place or child.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.dtypes import Floats, Longs

__all__ = ["GRADES_K_12", "GROUPS", "Place", "Population", "settle"]


GROUPS = ("asian", "black", "hispanic", "other", "white")
GRADES_K_12 = ("K", *(str(number) for number in range(1, 13)))
STUDENTS_PER_SCHOOL_GRADE = 74.0

_ASIAN, _BLACK, _HISPANIC, _OTHER, _WHITE = range(5)
_POOR_SHIFT = np.array([-0.2, 0.45, 0.5, 0.1, -0.45])


@dataclass(frozen=True, slots=True)
class Place:
    """What a block's people depend on, (n,) each.

    Parameters
    ----------
    xy : (n, 2) float64
        Place relative to the nearest centre, in units of its reach.
    reach : (n,) float64
        Distance to that centre in the same units.
    area_m2 : (n,) float64 [m²]
    neighbourhood : (n,) int64
    side : (n,) int64
        0 west of the river, 1 between river and highway, 2 east of the highway.
    at_river : (n,) bool
    """

    xy: Floats
    reach: Floats
    area_m2: Floats
    neighbourhood: Longs
    side: Longs
    at_river: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Population:
    """People of each block.

    Parameters
    ----------
    land_use : (n,) str
        residential, downtown, industrial, park or farmland.
    students, poor : (n, 13, 5) int64 [students]
        By grade K-12 and group; poor ones are among the students.
    growth : (h,) float64
        How fast each neighbourhood grows; 1 is average.
    """

    land_use: NDArray[np.str_]
    students: Longs
    poor: Longs
    growth: Floats


def settle(rng: np.random.Generator, place: Place, n_elementary: int) -> Population:
    """Settle students in the blocks.

    Parameters
    ----------
    rng : Generator
    place : Place
    n_elementary : int
        Elementary schools; there are about 74 students a grade for each.

    Returns
    -------
    Population
    """
    hoods = int(place.neighbourhood.max()) + 1
    middle = _means(place, hoods)
    growth = np.exp(rng.normal(0, 0.12, hoods) + 0.25 * _bump(middle, 0.9, 1.5, 0.7))
    land_use = _land_use(rng, place, middle)
    income = _income(rng, middle)[place.neighbourhood] + rng.normal(0, 0.18, len(place.reach))
    shares = _group_shares(rng, middle, income, place.neighbourhood)
    expected = _expected(rng, place, land_use, growth)
    expected *= STUDENTS_PER_SCHOOL_GRADE * len(GRADES_K_12) * n_elementary / expected.sum()
    total = rng.poisson(expected)
    youth = (growth[place.neighbourhood] - 1)[:, None] * np.linspace(0.5, -0.5, 13)
    by_grade = np.maximum(1 + youth, 0.3)
    cells = by_grade[:, :, None] * shares[:, None, :]
    cells /= cells.sum(axis=(1, 2), keepdims=True)
    students = rng.multinomial(total, cells.reshape(len(total), -1)).reshape(cells.shape)
    chance = 1 / (1 + np.exp(0.55 + 1.5 * income[:, None] - _POOR_SHIFT))
    poor = rng.binomial(students, chance[:, None, :])
    return Population(land_use, students.astype(np.int64), poor.astype(np.int64), growth)


def _means(place: Place, hoods: int) -> Floats:
    """Return the middle of each neighbourhood: x, y, reach and side, (h, 4)."""
    count = np.maximum(np.bincount(place.neighbourhood, minlength=hoods), 1)
    columns = [place.xy[:, 0], place.xy[:, 1], place.reach, place.side.astype(float)]
    return np.column_stack(
        [np.bincount(place.neighbourhood, weights=one, minlength=hoods) / count for one in columns]
    )


def _bump(middle: Floats, x: float, y: float, radius: float) -> Floats:
    """Return a smooth hill over a place, 1 at its top, (h,)."""
    return np.exp(-((middle[:, 0] - x) ** 2 + (middle[:, 1] - y) ** 2) / (2 * radius**2))


def _land_use(rng: np.random.Generator, place: Place, middle: Floats) -> NDArray[np.str_]:
    """Say what each block is used for."""
    count = len(place.reach)
    hood_kind = np.full(len(middle), "residential", dtype="<U11")
    near_works = _bump(middle, 0.55, -1.0, 0.35) + 0.7 * _bump(middle, -0.3, 1.3, 0.3)
    works = np.argsort(-near_works, kind="stable")[: max(1, round(0.035 * len(middle)))]
    hood_kind[works] = "industrial"
    use = hood_kind[place.neighbourhood]
    chance = rng.random(count)
    use[(place.reach > 2.0) & (place.area_m2 > 150_000)] = "farmland"
    use[(place.reach < 0.16) & (chance < 0.75)] = "downtown"
    use[place.at_river & (chance < 0.3)] = "park"
    use[(use == "residential") & (rng.random(count) < 0.035)] = "park"
    return use


def _income(rng: np.random.Generator, middle: Floats) -> Floats:
    """Return an income index of each neighbourhood, (h,); 0 is average, 1 is comfortable."""
    index = (
        -1.15 * _bump(middle, 0.95, -0.15, 0.55)
        - 0.95 * _bump(middle, -0.55, -0.95, 0.55)
        - 0.35 * _bump(middle, 0.0, 0.0, 0.35)
        + 1.15 * _bump(middle, -1.0, 0.9, 0.65)
        + 0.75 * _bump(middle, 0.9, 1.6, 0.7)
        + 0.15 * np.clip(middle[:, 2] - 1.2, 0, 1)
    )
    return np.asarray(index + 0.1 + rng.normal(0, 0.32, len(middle)))


def _group_shares(rng: np.random.Generator, middle: Floats, income: Floats, hood: Longs) -> Floats:
    """Return the share of each group in each block, (n, 5)."""
    chance = rng.normal(0, 0.40, (len(middle), 5))
    east = 0.35 * (middle[:, 3] > 1.5)
    leaning = chance + np.column_stack(
        [
            -1.75 + 1.5 * _bump(middle, 0.9, 1.6, 0.7),
            -0.65 + 2.2 * _bump(middle, 0.95, -0.15, 0.6) + east,
            -0.75 + 2.2 * _bump(middle, -0.55, -0.95, 0.6),
            np.full(len(middle), -1.9),
            0.55 + 0.45 * np.clip(middle[:, 2] - 1.0, 0, 1.5),
        ]
    )
    block = leaning[hood] + rng.normal(0, 0.22, (len(hood), 5))
    block[:, _WHITE] += 0.45 * income
    block[:, _ASIAN] += 0.25 * income
    block[:, _BLACK] -= 0.30 * income
    block[:, _HISPANIC] -= 0.30 * income
    share = np.exp(block)
    return np.asarray(share / share.sum(axis=1, keepdims=True))


def _expected(
    rng: np.random.Generator, place: Place, land_use: NDArray[np.str_], growth: Floats
) -> Floats:
    """Return how many students to expect in each block, (n,), up to a factor."""
    homes_per_m2 = np.exp(-1.55 * place.reach) + 0.004
    lived_in = {"residential": 1.0, "downtown": 0.25, "industrial": 0.04, "farmland": 0.5}
    share = np.zeros(len(land_use))
    for use, part in lived_in.items():
        share[land_use == use] = part
    empty = rng.random(len(share)) < 0.05
    uneven = np.exp(rng.normal(0, 0.45, len(share))) * growth[place.neighbourhood]
    built = np.minimum(place.area_m2, 250_000.0)
    return np.asarray(built * homes_per_m2 * share * uneven * ~empty + 1e-9)
