"""Small districts and run folders for the tests of the hearing packet."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geodata import (
    District,
    load_district,
    synthetic_context,
    synthetic_district,
    write_district,
)
from planner.evaluation import Settings, evaluate
from planner.layers import served_by
from planner.plan import Plan, write_plan
from planner.runs.record import file_digest, json_text
from planner.runs.tables import COLUMNS
from planner.scenario import parse_scenario

DAY = date(2026, 11, 21)  # the reports' own

RULES = [
    (
        "capacity",
        True,
        1.02,
        1.05,
        "share of seats",
        "",
        "Every school has at most 105 % of its seats.",
    ),
    ("contiguity", False, 1.0, 0.0, "blocks", "b1", "1 block is cut off from its school (b1)."),
]
RECORD: dict[str, Any] = {
    "schema": 1,
    "status": "FEASIBLE",
    "objectives": [
        {"name": "travel", "value": 1500.0, "bound": 1450.0, "gap": 0.0333, "unit": "m"}
    ],
    "seconds": 61.2,
    "iterations": 12000,
    "seed": 7,
    "threads": 2,
    "solver": "HiGHS",
    "created": "2026-11-21T19:00:00+00:00",
    "versions": {},
    "inputs": {},
    "scenario": {},
    "notes": [],
}


def small_town(folder: Path, n_blocks: int = 220, **parts: Any) -> Path:
    """Write a made-up town as a folder and return its district file.

    Parameters
    ----------
    parts : District fields to replace, so that something can be missing.
    """
    district = synthetic_district(n_blocks, n_elementary=5, n_middle=2, n_high=1, seed=3)
    context = None if "geometry" in parts else synthetic_context(n_blocks, seed=3)
    write_district(replace(district, **parts) if parts else district, folder, context=context)
    file = folder / "district.toml"
    if context is not None:
        _give_addresses(district, file)
    return file


def _give_addresses(district: District, file: Path) -> None:
    """Give every block one address, 100 plus its number on Church Hill."""
    blocks = district.blocks
    table = pd.DataFrame(
        {
            "number": 100 + np.arange(len(blocks)),
            "street": "Church Hill",
            "x": blocks["x_m"].to_numpy(),
            "y": blocks["y_m"].to_numpy(),
        }
    )
    table.to_csv(file.with_name("addresses.csv"), index=False)
    section = (
        '\n[addresses]\nfile = "addresses.csv"\nnumber = "number"\nstreet = "street"\n'
        f'x = "x"\ny = "y"\ncrs = "{district.crs}"\n'
    )
    file.write_text(file.read_text(encoding="utf-8") + section, encoding="utf-8")


def swap_blocks(district: District, level: str, share: float, seed: int) -> Plan:
    """Return today's plan with some blocks at borders given to the neighbouring zone."""
    chance = np.random.default_rng(seed)
    today = Plan.today(district)
    owner = served_by(today, level).reindex(district.blocks.index).fillna("").to_numpy(dtype=object)
    homes = set(district.blocks.index.get_indexer(district.schools["block_id"]))
    graph = district.graph
    edges = np.stack([graph.edge_i, graph.edge_j], axis=1)
    moved = 0
    for i, j in edges[chance.permutation(len(edges))]:
        if moved >= share * len(owner):
            break
        if owner[i] != owner[j] and owner[i] and owner[j] and j not in homes:
            owner[j] = owner[i]
            moved += 1
    rows = today.table[today.table["level"] == level]
    spans = rows.drop_duplicates("school_id").set_index("school_id")
    table = [
        (block, level, school, spans.at[school, "grade_low"], spans.at[school, "grade_high"])
        for block, unit in zip(district.blocks.index, owner, strict=True)
        if unit
        for school in unit.split("+")
    ]
    columns = ["block_id", "level", "school_id", "grade_low", "grade_high"]
    return Plan(pd.DataFrame(table, columns=columns))


def write_run(
    folder: Path, district_file: Path, plan: Plan | None = None, *, seed: int = 1, **record: Any
) -> Path:
    """Write a run folder by hand, as 'planner solve' would."""
    district = load_district(district_file)
    if plan is None:
        plan = swap_blocks(district, "elementary", 0.08, seed)
    asked = record.get("scenario")
    scenario = parse_scenario(asked) if asked and asked.get("event") else None
    scored = evaluate(district, plan, scenario, settings=Settings(random_draws=2))
    folder.mkdir(parents=True)
    write_plan(plan, folder / "plan.csv", district.levels)
    tables = {
        "metrics.csv": scored.metrics,
        "rules.csv": pd.DataFrame(
            [(r, "yes" if ok else "no", *rest) for r, ok, *rest in RULES],
            columns=COLUMNS["rules.csv"][:-3],
        ).assign(level="elementary", side="most", school=""),
        "moves.csv": scored.moves,
    }
    for name, table in tables.items():
        table[COLUMNS[name]].to_csv(folder / name, index=False, lineterminator="\n")
    whole = {
        **RECORD,
        "plan_id": plan.digest(district.levels)[:16],
        "title": f"Plan {seed}",
        "district": {"name": district.name, "digest": district.digest()},
        "paths": {"district": {"absolute": str(district_file)}},
        "notes": list(scored.notes),
        "files": {path.name: file_digest(path) for path in sorted(folder.glob("*.csv"))},
        **record,
    }
    (folder / "run.json").write_text(json_text(whole, indent=2), encoding="utf-8")
    return folder


def reseal(folder: Path) -> None:
    """Write the digests of a run's files anew, after a test has changed one on purpose."""
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    record["files"] = {path.name: file_digest(path) for path in sorted(folder.glob("*.csv"))}
    (folder / "run.json").write_text(json_text(record, indent=2), encoding="utf-8")
