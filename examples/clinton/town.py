"""A made-up town whose totals are those published about Clinton, Mississippi.

Published (see README.md): about 5,000 students, 54 % Black, 38 % white, about half eligible for
free or reduced-price lunch; bands K-1, 2-3, 4-5, 6, 7-8, 9, 10-12 in seven buildings.
Made up: streets, who lives where, sizes of grades, seats, what a building is fit for.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from geodata import GradeSpan, synthetic_context, synthetic_district, write_district
from geodata.sources.fitted import draw_poor, draw_students, rake, with_students

NOTICE = "synthetic: fitted to published totals, no real place, no real children"
BLOCKS, SEED = 700, 4
GRADES = ("K", *(str(grade) for grade in range(1, 13)))
GROUPS = ("black", "white", "other")
GRADE_SIZES = np.array([375.0] * 7 + [395, 410, 400, 395, 430, 345])  # made up; 5,000 in all
BLACK, WHITE = 2700.0, 1900.0  # 54 % and 38 % of 5,000
POOR = 2500  # about half
BLACK_DRIFT = (0.59, 0.49)  # made up: share in kindergarten and in grade 12
BUILDINGS = {  # id in the town's generator: name, seats (made up)
    "E01": ("Northgate Building", 800),
    "E02": ("Millbrook Building", 800),
    "E03": ("Eastfield Building", 800),
    "M01": ("Old Junior High Building", 400),
    "M02": ("Junior High Building", 820),
    "H01": ("Annex Building", 420),
    "H02": ("High School Building", 1230),
}
ROUGHNESS = 1.6  # how much more apart people live than in the town's generator


def write_town(folder: Path) -> Path:
    """Write the district; return its district.toml."""
    town = synthetic_district(BLOCKS, 3, 2, 2, seed=SEED)
    students, poor = _people(town)
    town = with_students(
        town, GRADES, GROUPS, students, poor, name=f"Clinton retold ({NOTICE})", notice=NOTICE
    )
    schools = town.schools.copy()
    for school, (name, seats) in BUILDINGS.items():
        schools.loc[school, ["name", "capacity_seats"]] = [name, float(seats)]
    spans = {row["school"]: GradeSpan.parse(row["grades"]) for row in _stated()}
    for school, span in spans.items():
        schools.loc[school, ["grade_low", "grade_high"]] = [span.low, span.high]
    town = replace(town, schools=schools, current=_today(town, spans))
    return write_district(town, folder, context=synthetic_context(BLOCKS, SEED), overwrite=True)


def _stated() -> list[dict[str, str]]:
    path = Path(__file__).with_name("spans.csv")
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _people(town) -> tuple[np.ndarray, np.ndarray]:
    """Return students and poor students, (blocks, grades, groups)."""
    rng = np.random.default_rng(SEED)
    count = town.students.count
    own = {"black": count(group="black"), "white": count(group="white")}
    own["other"] = count() - own["black"] - own["white"]
    lived = np.column_stack([own[group] for group in GROUPS])
    share = (lived + 0.5) / (lived + 0.5).sum(axis=1, keepdims=True)
    density = lived.sum(axis=1, keepdims=True)
    seed = density * share**ROUGHNESS
    black = np.linspace(*BLACK_DRIFT, len(GRADES)) * GRADE_SIZES
    black = _whole(black * BLACK / black.sum())
    white = _whole((GRADE_SIZES - black) * WHITE / (GRADE_SIZES - black).sum())
    by_grade = np.column_stack([black, white, GRADE_SIZES - black - white])
    cells = np.repeat(seed[:, None, :], len(GRADES), axis=1) + 1e-9
    students = draw_students(rake(cells, [((1, 2), by_grade)]), rng)
    income = share[:, 1] - share[:, 0]
    odds = np.array([0.5, -0.5, 0.3])[None, None, :] - 1.2 * income[:, None, None]
    odds = np.broadcast_to(odds, students.shape)
    return students, draw_poor(odds, students, POOR, rng)


def _whole(values: np.ndarray) -> np.ndarray:
    """Round numbers so that their sum stays what it is."""
    return np.diff(np.round(np.cumsum(values)), prepend=0.0)


def _today(town, spans: dict[str, GradeSpan]) -> pd.DataFrame:
    parts = [
        pd.DataFrame(
            {
                "block_id": town.blocks.index.to_numpy(),
                "level": level,
                "grade_low": span.low,
                "grade_high": span.high,
                "school_id": school,
            }
        )
        for school, span in spans.items()
        for level, whole in town.levels.items()
        if whole.span.contains(span)
    ]
    table = pd.concat(parts, ignore_index=True).astype("str")
    return table.sort_values(["block_id", "level", "grade_low"], ignore_index=True)
