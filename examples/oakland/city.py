"""A made-up city fitted to what was published about poverty and race in Oakland's schools.

See README.md for the figures and where they come from.  Everything else is made up: streets,
schools, seats, who lives where.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import least_squares
from scipy.sparse import csr_array

from geodata import synthetic_context, synthetic_district, write_district
from geodata.sources.fitted import draw_poor, draw_students, settle_poverty, with_students

NOTICE = "synthetic: fitted to published moments, no real place, no real children"
BLOCKS, SEED, SCHOOLS = 2000, 1, (74, 26, 18)  # 118 schools
GRADES = ("K", *(str(grade) for grade in range(1, 13)))
GROUPS = ("asian", "black", "latino", "other", "white")
SHARES = np.array([0.12, 0.22, 0.47, 0.09, 0.10])  # latino and white published, the rest made up
POVERTY, NEAR = 0.76, 0.15
STEP = 0.01  # softness of "within 15 points" in the fit

CAVEATS = (
    "The city is synthetic: it has the published moments and nothing else of Oakland.",
    "The two published gaps (33 and 29 points) are of different years and sources; they are "
    "labelled, not averaged.",
    "Parity is not integration: schools can be equally poor and separate. Read both racial axes.",
    "With a district poverty of 76 % an equal school is still a poor school.",
    "Families choose: figures hold if all attend the school of their zone.",
    "Neighbourhoods may matter more than schools, and students are sorted within schools too.",
    "The evidence on what exposure to poverty does is mixed; test scores are deliberately not "
    "used here.",
    "Charters and private schools are outside this example.",
)


@dataclass(frozen=True)
class Moment:
    """One figure: what was published, and the weight of a miss in the fit."""

    words: str
    published: str
    target: float
    scale: float


MOMENTS = (
    Moment("share of schools within 15 points of the district's poverty", "33 %", 0.33, 0.02),
    Moment("Black-white gap in exposure to poverty", "33 and 29 points (two years)", 0.31, 0.01),
    Moment("white share of students in low-poverty schools", "over 30 %", 0.32, 0.02),
    Moment("share of white students in low-poverty schools", "about 75 %", 0.75, 0.02),
    Moment(
        "share of Asian students in low-poverty schools", "a third of that, or less", 0.23, 0.02
    ),
    Moment(
        "share of Black students in low-poverty schools", "a third of that, or less", 0.23, 0.02
    ),
    Moment("share of Latino students in low-poverty schools", "a seventh of that", 0.107, 0.01),
    Moment("Latino share of students in high-poverty schools", "63 %", 0.63, 0.02),
)


def write_city(folder: Path) -> tuple[Path, pd.DataFrame]:
    """Write the district; return its district.toml and the table of moments."""
    town = synthetic_district(BLOCKS, *SCHOOLS, seed=SEED)
    rng = np.random.default_rng(SEED)
    fit = _Fit(town, rng)
    found = least_squares(fit.misses, fit.start(), x_scale=0.5, max_nfev=60)
    lived, odds = fit.people(found.x)
    students = _over_grades(draw_students(_whole(lived), rng), town, rng)
    needy = round(POVERTY * students.sum())
    odds = np.broadcast_to(odds[:, None, :], students.shape)
    poor = draw_poor(odds, students, needy, rng)
    city = with_students(
        town, GRADES, GROUPS, students, poor, name=f"Oakland retold ({NOTICE})", notice=NOTICE
    )
    table = fit.table(students.sum(axis=1), poor.sum(axis=1), sharp=True)
    toml = write_district(city, folder, context=synthetic_context(BLOCKS, SEED), overwrite=True)
    return toml, table


class _Fit:
    """Who lives where, as a few slopes on a lay-out of the city, fitted to the moments."""

    def __init__(self, town, rng: np.random.Generator) -> None:
        self.total = town.students.count()
        self.constant = np.zeros(len(GROUPS))
        zones, schools = [], 0
        for level in town.levels:
            rows = town.current[town.current["level"] == level].set_index("block_id")
            number = pd.factorize(rows["school_id"].reindex(town.blocks.index))[0]
            zones.append(number + schools)
            schools += int(number.max()) + 1
        share = np.array([len(level.span) for level in town.levels.values()]) / len(GRADES)
        n = len(self.total)
        self.schools = csr_array(
            (np.repeat(share, n), (np.concatenate(zones), np.tile(np.arange(n), len(zones)))),
            shape=(schools, n),
        )
        xy = town.blocks[["x_m", "y_m"]].to_numpy()
        xy = (xy - xy.mean(axis=0)) / xy.std(axis=0)
        hood = pd.factorize(town.blocks["neighbourhood"])[0]
        effects = rng.normal(0, 0.5, (hood.max() + 1, 2))[hood]
        self.hill = xy[:, 0] + 0.4 * xy[:, 1] + effects[:, 0]
        self.side = xy[:, 1] - 0.4 * xy[:, 0] + effects[:, 1]

    def start(self) -> np.ndarray:
        """Slopes of the groups on hill and side, then of poverty: hill, side, hill², groups."""
        hill, side = [0.3, -0.1, -0.5, 0.2, 1.5], [0.3, 0.7, -0.7, 0.0, 0.2]
        return np.array([*hill, *side, -1.2, 0.2, -0.2, 0.0, 0.2, 0.3, 0.0, -0.5])

    def people(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return students and log-odds of poverty, (blocks, groups)."""
        pull = np.outer(self.hill, x[:5]) + np.outer(self.side, x[5:10]) + np.log(SHARES)
        lean = x[10] * self.hill + x[11] * self.side + x[12] * self.hill**2
        return self._lived(pull), lean[:, None] + x[13:18][None, :]

    def _lived(self, pull: np.ndarray) -> np.ndarray:
        """Share every block's students out to groups so that the groups' totals come out."""
        for _ in range(300):
            odds = np.exp(pull + self.constant - (pull + self.constant).max(axis=1, keepdims=True))
            students = self.total[:, None] * odds / odds.sum(axis=1, keepdims=True)
            off = np.log(SHARES * self.total.sum() / students.sum(axis=0))
            if np.abs(off).max() < 1e-7:
                break
            self.constant += off
        return students

    def misses(self, x: np.ndarray) -> np.ndarray:
        students, odds = self.people(x)
        poor = settle_poverty(odds, students, POVERTY * students.sum())
        values = self.moments(students, poor)
        far = [(v - m.target) / m.scale for v, m in zip(values, MOMENTS, strict=True)]
        return np.array([*far, *(0.05 * (x - self.start()))])

    def moments(self, students: np.ndarray, poor: np.ndarray, sharp: bool = False) -> list[float]:
        groups, needy = self.schools @ students, self.schools @ poor.sum(axis=1)
        total = groups.sum(axis=1)
        rate = needy / total
        low, high = _step(POVERTY - NEAR - rate, sharp), _step(rate - POVERTY - NEAR, sharp)
        met = (groups * rate[:, None]).sum(axis=0) / groups.sum(axis=0)
        in_low = (groups * low[:, None]).sum(axis=0) / groups.sum(axis=0)
        asian, black, latino, _, white = range(5)
        return [
            float((1 - low - high).mean()),
            float(met[black] - met[white]),
            float((groups[:, white] * low).sum() / (total * low).sum()),
            *(float(in_low[k]) for k in (white, asian, black, latino)),
            float((groups[:, latino] * high).sum() / (total * high).sum()),
        ]

    def table(self, students: np.ndarray, poor: np.ndarray, sharp: bool) -> pd.DataFrame:
        """Set what was published beside what the city has."""
        values = self.moments(students, poor, sharp)
        rows = [
            ("students who are poor (low income, English learners, foster)", "76 %", POVERTY,
             float(poor.sum() / students.sum())),
            ("schools", "about 118", 118.0, float(self.schools.shape[0])),
            *((m.words, m.published, m.target, v) for m, v in zip(MOMENTS, values, strict=True)),
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=["moment", "published", "fitted to", "synthetic city"])


def _step(x: np.ndarray, sharp: bool) -> np.ndarray:
    return (x > 0).astype(float) if sharp else 1 / (1 + np.exp(-np.clip(x / STEP, -50, 50)))


def _over_grades(students: np.ndarray, town, rng: np.random.Generator) -> np.ndarray:
    """Spread the students of each block and group over grades, (blocks, grades, groups)."""
    size = np.array([town.students.count(grades=(grade,)).sum() for grade in GRADES])
    drawn = rng.multinomial(students.astype(np.int64), size / size.sum())
    return np.moveaxis(drawn, 2, 1).astype(np.float64)


def _whole(values: np.ndarray) -> np.ndarray:
    """Scale columns so that they add up to whole numbers."""
    total = values.sum(axis=0)
    return values * np.round(total) / total
