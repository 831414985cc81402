"""Folders of the published benchmark format as problems: areas, borders and schools in tables.

A folder has ``areas.csv`` (id, population, area_ft2, perimeter_ft, capacity, school_id),
``borders.csv`` (i, j, shared_length_ft), ``schools.csv`` (school_id, name) and ``instance.json``
(weights ``w1`` and ``w2``); ``plans/start_existing_run1.csv`` (id, zone) is the plan to start
from, where it exists.  Nothing else in the folder is read.
"""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from planner.objectives import Compactness, UtilizationDeviation
from planner.problem import Problem
from planner.rules import Contiguity, SchoolInOwnZone
from planner.scenario import PlacedRule, Scenario, Stage

FOOT_M = 1200 / 3937
LEVEL = "published"
START = Path("plans") / "start_existing_run1.csv"
# offsets of the published objective: F1 = |1 - (population + 0.001) / (capacity + 0.00001)|
STUDENTS_OFFSET, SEATS_OFFSET = 1e-3, 1e-5


def read_scenario(folder: Path, seed: int) -> Scenario:
    """Return the published question: F = sum over zones of w1 F1 + w2 F2, zones in one piece."""
    weights = json.loads((folder / "instance.json").read_text(encoding="utf-8"))
    aim = Stage(
        parts=(
            (float(weights["w1"]), UtilizationDeviation(STUDENTS_OFFSET, SEATS_OFFSET)),
            (float(weights["w2"]), Compactness()),
        )
    )
    return Scenario(
        title=f"published objective on {folder.name}",
        district=folder,
        rules=(PlacedRule(Contiguity(islands="dissolve")), PlacedRule(SchoolInOwnZone())),
        objectives=(aim,),
        seed=seed,
    )


def read_problem(folder: Path) -> Problem:
    """Return the areas, schools and start of a folder as a problem."""
    areas = read_table(folder / "areas.csv").set_index("id").sort_index()
    number = {area: i for i, area in enumerate(areas.index)}
    schools = areas["school_id"][areas["school_id"] != ""].sort_values()
    if schools.duplicated().any():
        raise ValueError(f"{folder}/areas.csv: a school stands in two areas")
    root = np.array([number[area] for area in schools.index], dtype=np.int32)
    i, j, shared_m = read_borders(folder / "borders.csv", number)
    current = read_start(folder / START, areas.index, schools)
    students = areas["population"].to_numpy(dtype=float)
    known = current >= 0
    size = np.bincount(current[known], weights=students[known], minlength=len(root))
    area_m2 = areas["area_ft2"].to_numpy(dtype=float) * FOOT_M**2
    return Problem(
        level=LEVEL,
        block_ids=areas.index.to_numpy(dtype=str),
        zone_ids=schools.to_numpy(dtype=str),
        students=students,
        current=current,
        has_current=known,
        root=root,
        fixed_home=np.ones(len(root), dtype=bool),
        capacity_seats=areas["capacity"].to_numpy(dtype=float)[root],
        today_students=size if known.all() else np.full(len(root), np.nan),
        metres=ways_through_areas(i, j, area_m2, root),
        minutes=None,
        edge_i=i,
        edge_j=j,
        edge_shared_m=shared_m,
        area_m2=area_m2,
        perimeter_m=areas["perimeter_ft"].to_numpy(dtype=float) * FOOT_M,
        partner_names=tuple((n,) for n in read_names(folder / "schools.csv", schools.to_list())),
    )


def read_table(path: Path) -> pd.DataFrame:
    """Read a CSV file; every value stays the text it is."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def read_borders(path: Path, number: dict[str, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return borders of positive length as sorted pairs i < j, with their lengths [m]."""
    table = read_table(path)
    one, two = (table[column].map(number).to_numpy(dtype=np.int32) for column in ("i", "j"))
    length = table["shared_length_ft"].to_numpy(dtype=float) * FOOT_M
    borders = pd.DataFrame(
        {"i": np.minimum(one, two), "j": np.maximum(one, two), "length": length}
    ).query("length > 0 and i != j")
    borders = borders.drop_duplicates(["i", "j"]).sort_values(["i", "j"])
    i, j = (borders[column].to_numpy(dtype=np.int32) for column in ("i", "j"))
    return i, j, borders["length"].to_numpy(dtype=float)


def read_start(path: Path, areas: pd.Index, schools: pd.Series) -> np.ndarray:
    """Return the zone of each area in the plan to start from, -1 where there is none.

    A zone may bear any label: its school is the one whose area it holds.  An area that is several
    published ones put together (``x+y``) may be given by its parts.
    """
    if not path.is_file():
        return np.full(len(areas), -1, dtype=np.int32)
    table = read_table(path)
    label_of = dict(zip(table["id"], table["zone"], strict=True))
    for area in areas.difference(table["id"]):
        parts = {label_of.get(part, "") for part in area.split("+")}
        label_of[area] = parts.pop() if len(parts) == 1 else ""
    zone_of_label = {label_of[area]: z for z, area in enumerate(schools.index)}
    zone_of_label |= {code: z for z, code in enumerate(schools)}
    zone_of_label.pop("", None)
    return np.array([zone_of_label.get(label_of[area], -1) for area in areas], dtype=np.int32)


def read_names(path: Path, schools: list[str]) -> tuple[str, ...]:
    """Return the names of the schools, their codes where they have none."""
    names: dict[str, str] = {}
    if path.is_file():
        table = read_table(path)
        if {"school_id", "name"} <= set(table.columns):
            names = dict(zip(table["school_id"], table["name"], strict=True))
    return tuple(names.get(school, school) for school in schools)


def ways_through_areas(
    i: np.ndarray, j: np.ndarray, area_m2: np.ndarray, root: np.ndarray
) -> np.ndarray:
    """Return about how far each area is from each school [m], (n, m); the format has no points."""
    n = len(area_m2)
    radius = np.sqrt(area_m2 / math.pi)
    steps = csr_array((radius[i] + radius[j], (i, j)), shape=(n, n))
    metres = dijkstra(steps, directed=False, indices=root).T
    return np.where(np.isfinite(metres), metres, np.nan).astype(np.float32)


def write_zones(path: Path, problem: Problem, zone_of: np.ndarray) -> None:
    """Write a plan as ``id,zone``."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["id", "zone"])
        rows.writerows(zip(problem.block_ids, problem.zone_ids[zone_of], strict=True))
