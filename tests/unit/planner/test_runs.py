"""A run folder is written whole or not at all, and read back as it was written."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geodata import District
from planner.errors import RunError
from planner.layers import plan_layers, zone_polygons
from planner.moves import count_moves, with_names
from planner.plan import Plan
from planner.progress import Progress, read_progress
from planner.rules.base import Finding
from planner.runs import plan_id, read_run, stage_run, write_run
from planner.runs.record import file_digest

ZONES = ["a", "a", "b", "b"] * 2
FILES = {"run.json", "plan.csv", "metrics.csv", "rules.csv", "moves.csv", "progress.jsonl"}


@pytest.fixture
def town(grid_district: Callable[..., District]) -> District:
    """Return eight square blocks with outlines, two schools."""
    district = grid_district(ZONES, {"a": 0, "b": 7})
    x, y = (district.blocks[name].to_numpy() for name in ("x_m", "y_m"))
    boxes = shapely.box(x - 500, y - 500, x + 500, y + 500)
    outlines = gpd.GeoSeries(boxes, index=district.blocks.index, crs="EPSG:32618")
    return replace(district, geometry=outlines, crs="EPSG:32618")


def _solution(district: District, **changes: Any) -> Any:
    table = Plan.today(district).table
    table = table.assign(school_id=np.where(table["block_id"] == "001", "b", table["school_id"]))
    given = {
        "plan": Plan(table),
        "status": "FEASIBLE",
        "objectives": [
            {"name": "travel", "level": "elementary", "value": 1.5, "bound": None, "gap": np.nan,
             "unit": "km"}
        ],
        "seconds": 1.25,
        "iterations": 10,
        "seed": 1,
        "threads": 2,
        "solver": "search",
        "broken": (),
        "notes": (),
        "record": {"rounds": np.int64(3)},
        "district": district,
        "scenario": SimpleNamespace(
            start=None,
            events=(),
            title="Häuser", resolved={"title": "Häuser"}, path=None, district=None, files=()
        ),
    }  # fmt: skip
    return SimpleNamespace(**(given | changes))


def _evaluation(solution: Any) -> Any:
    metrics = pd.DataFrame(
        [["students", "school", "007", "", 40.0, 30.1, -9.9, "students"],
         ["poverty", "district", "", "*", np.nan, np.nan, np.nan, "share"]],
        columns=["metric", "scope", "id", "group", "baseline", "plan", "change", "unit"],
    )  # fmt: skip
    findings = (
        Finding("capacity", True, 30.0, 40.0, "students", (), "Fits."),
        Finding("travel_limit", False, 2.0, 1.5, "km", ("001", "002"), "Too far, by half."),
    )
    today = Plan.today(solution.district)
    return SimpleNamespace(
        metrics=metrics,
        findings=findings,
        moves=with_names(
            count_moves(solution.plan.moves(today), solution.district.students),
            solution.district.schools["name"],
        ),
        ledger=SimpleNamespace(to_dict=lambda: {"known": True}),
        notes=("Students are a proxy.",),
        unchecked=("middle: the plan has no rows of this level; its rules are not checked.",),
    )


def _both(district: District, **changes: Any) -> tuple[Any, Any]:
    solution = _solution(district, **changes)
    return solution, _evaluation(solution)


def test_what_was_written_is_what_is_read(town: District, tmp_path: Path) -> None:
    """Plan, tables, unknown numbers and ids with leading zeros survive the way to disk and back."""
    solution, evaluation = _both(town)
    events = [Progress("search", best=1.5, seconds=1.0)]
    write_run(tmp_path / "deep" / "run", solution, evaluation, events=events)
    run = read_run(tmp_path / "deep" / "run")
    assert {path.name for path in run.folder.iterdir()} == FILES | {"plan.gpkg"}
    assert run.plan is not None
    assert run.plan.digest(town.levels) == solution.plan.digest(town.levels)
    assert run.plan_id == plan_id(town, {"title": "Häuser"}, solution.plan)
    assert run.metrics["id"].tolist() == ["007", ""]
    np.testing.assert_array_equal(run.metrics["plan"], [30.1, np.nan])
    assert run.rules["ok"].tolist() == [True, False]
    assert run.rules["where"].tolist() == ["", "001; 002"]
    assert run.moves.to_dict("records") == [
        {"level": "elementary", "from_school": "a", "to_school": "b", "blocks": 1.0,
         "students": 10.0, "from_name": town.schools.loc["a", "name"],
         "to_name": town.schools.loc["b", "name"]}
    ]  # fmt: skip
    assert run.record["objectives"][0]["gap"] is None
    assert run.record["search"] == {"rounds": 3}
    assert run.record["unchecked"] == list(evaluation.unchecked)
    assert read_progress(run.folder / "progress.jsonl") == events


def test_map_layers_hold_the_plan(town: District, tmp_path: Path) -> None:
    """The GeoPackage has four layers; zones cover the blocks once and touch without a gap."""
    solution = _solution(town)
    write_run(tmp_path / "run", solution, _evaluation(solution))
    layers = {
        name: gpd.read_file(tmp_path / "run" / "plan.gpkg", layer=name)
        for name in ("zones", "blocks", "schools", "moved")
    }
    assert layers["moved"]["block_id"].tolist() == ["001"]
    assert layers["moved"]["to_name"].tolist() == [town.schools.loc["b", "name"]]
    assert layers["blocks"]["elementary_plan"].tolist().count("b") == 5
    assert layers["schools"]["school_id"].tolist() == ["a", "b"]
    zones = layers["zones"].set_index("zone")
    assert zones["students"].to_dict() == {"a": 30.0, "b": 50.0}
    assert zones.area.sum() == pytest.approx(8e6)
    assert shapely.coverage_is_valid(zones.geometry.to_numpy())


def test_zones_of_a_grade_pair_are_one_shape(town: District) -> None:
    """Two schools that divide the grades of a zone get one polygon, named by both."""
    table = Plan.today(town).table.assign(grade_low="K", grade_high="2")
    upper = table.assign(grade_low="3", grade_high="5", school_id="b")
    upper = upper[table["school_id"] == "a"]
    whole = table[table["school_id"] == "b"].assign(grade_high="5")
    both = pd.concat([table[table["school_id"] == "a"], upper, whole])
    zones = zone_polygons(town, Plan(both), town.schools)
    assert zones["zone"].tolist() == ["a+b", "b"]
    assert zones["school_id"].tolist() == ["a", "b"]
    names = town.schools["name"]
    assert zones["name"].tolist() == [f"{names['a']} + {names['b']}", names["b"]]


def test_layers_are_in_the_system_of_the_blocks_file(town: District) -> None:
    """A district in feet gets its zones in feet, where its blocks are, still without gaps."""
    state = "EPSG:2283"  # NAD83 / Virginia North (ftUS)
    layers = plan_layers(replace(town, file_crs=state), Plan.today(town))
    assert {str(layer.crs) for layer in layers.values()} == {state}
    blocks = np.asarray(town.geometry.to_crs(state).array)
    assert shapely.equals_exact(np.asarray(layers["blocks"].geometry.array), blocks).all()
    assert shapely.coverage_is_valid(np.asarray(layers["zones"].geometry.array))
    assert {str(layer.crs) for layer in plan_layers(town, Plan.today(town)).values()} == {town.crs}


def test_a_district_without_outlines_has_no_map_file(
    grid_district: Callable[..., District], tmp_path: Path
) -> None:
    """The run is whole without plan.gpkg, and says why."""
    town = grid_district(ZONES, {"a": 0, "b": 7})
    write_run(tmp_path / "run", *_both(town))
    run = read_run(tmp_path / "run")
    assert {path.name for path in run.folder.iterdir()} == FILES
    assert "no geometry" in run.record["notes"][-1]


def test_a_solve_without_a_plan_leaves_a_record(town: District, tmp_path: Path) -> None:
    """An infeasible scenario is a result too: it has a record and no tables."""
    write_run(tmp_path / "run", _solution(town, plan=None, status="INFEASIBLE"), None)
    run = read_run(tmp_path / "run")
    assert (run.plan, run.status, len(run.metrics)) == (None, "INFEASIBLE", 0)


def test_the_plan_id_follows_content_not_place(town: District) -> None:
    """The id changes with plan, scenario and district; not with where their files are."""
    plan = Plan.today(town)
    first = plan_id(town, {"seed": 1, "district": "x/district.toml"}, plan)
    assert first == plan_id(town, {"seed": 1, "district": "y/district.toml"}, plan)
    assert len({first, plan_id(town, {"seed": 2}, plan), plan_id(town, {"seed": 1}, None)}) == 3


def test_an_existing_run_is_refused_and_kept(town: District, tmp_path: Path) -> None:
    """Without overwrite nothing changes; with it the new run replaces the old one whole."""
    folder = tmp_path / "run"
    write_run(folder, *_both(town))
    before = (folder / "run.json").read_bytes()
    with pytest.raises(RunError, match="already there"):
        write_run(folder, *_both(town))
    assert (folder / "run.json").read_bytes() == before
    write_run(folder, *_both(town, seed=2), overwrite=True)
    assert read_run(folder).record["seed"] == 2
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_folder_with_something_else_is_never_replaced(tmp_path: Path) -> None:
    """Even with overwrite, a folder that is no run is left alone."""
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(RunError, match=r"holds no run\.json"), stage_run(tmp_path, overwrite=True):
        pass
    assert (tmp_path / "thesis.txt").exists()


@pytest.mark.parametrize("fault", [KeyboardInterrupt, OSError("disk full"), RuntimeError])
def test_an_error_while_writing_leaves_nothing(tmp_path: Path, fault: Any) -> None:
    """What was staged is removed, and the place is as before."""
    with pytest.raises(BaseException):  # noqa: B017
        _fail_while_writing(tmp_path / "run", fault)
    assert list(tmp_path.iterdir()) == []


def _fail_while_writing(folder: Path, fault: Any) -> None:
    with stage_run(folder) as staged:
        (staged / "run.json").write_text("{}")
        raise fault


def test_an_empty_folder_may_be_used(tmp_path: Path) -> None:
    """A folder somebody made beforehand is no obstacle."""
    with stage_run(tmp_path) as staged:
        (staged / "run.json").write_text("{}")
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda f: (f / "run.json").unlink(), "not a run"),
        (lambda f: (f / "run.json").write_text('{"plan_id": '), "run.json is damaged"),
        (lambda f: (f / "run.json").write_text("[]"), "does not say plan_id"),
        (lambda f: (f / "plan.csv").unlink(), "plan.csv is missing"),
        (lambda f: (f / "moves.csv").write_text("level\n"), "moves.csv was changed"),
        (lambda f: _forget(f, "rules.csv"), "does not know rules.csv"),
    ],
    ids=["no record", "cut record", "wrong record", "no plan", "edited table", "unknown table"],
)
def test_damage_is_told(
    town: District, tmp_path: Path, damage: Callable[[Path], object], words: str
) -> None:
    """A missing, cut or edited file is named, and nothing is read from it."""
    folder = write_run(tmp_path / "run", *_both(town))
    damage(folder)
    with pytest.raises(RunError, match=words):
        read_run(folder)


def test_a_run_from_before_moves_had_names_is_read(town: District, tmp_path: Path) -> None:
    """Its moves have empty names, and the columns it has are as they were."""
    folder = write_run(tmp_path / "run", *_both(town))
    path = folder / "moves.csv"
    table = pd.read_csv(path, dtype=str)
    table.drop(columns=["from_name", "to_name"]).to_csv(path, index=False)
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    record["files"]["moves.csv"] = file_digest(path)
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")
    (row,) = read_run(folder).moves.to_dict("records")
    assert (row["from_school"], row["students"], row["to_name"]) == ("a", 10.0, "")


def _forget(folder: Path, name: str) -> None:
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    del record["files"][name]
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")


def test_a_run_is_found_again_when_its_folder_moves_with_its_inputs(
    town: District, tmp_path: Path
) -> None:
    """Inputs are looked for beside the run first, then where they were."""
    (tmp_path / "all").mkdir()
    source = tmp_path / "all" / "district.toml"
    source.write_text("")
    scenario = SimpleNamespace(
        start=None, title="", resolved={}, path=None, district=source, files=(), events=()
    )
    folder = write_run(tmp_path / "all" / "run", *_both(town, scenario=scenario))
    assert read_run(folder).input_path("district") == source
    moved = (tmp_path / "all").rename(tmp_path / "elsewhere")
    assert read_run(moved / "run").input_path("district") == moved / "district.toml"
    (moved / "district.toml").unlink()
    with pytest.raises(RunError, match=r"district\.toml"):
        read_run(moved / "run").input_path("district")


def test_layers_have_the_same_columns_when_nothing_moves(town: District) -> None:
    """A plan equal to today's gives an empty layer of moved blocks, not a missing one."""
    layers = plan_layers(town, Plan.today(town))
    assert len(layers["moved"]) == 0
    assert {"from_school", "to_school", "geometry"} <= set(layers["moved"].columns)


def test_layers_show_the_schools_the_plan_was_drawn_for(town: District) -> None:
    """A moved school stands at its new place, a closed one is closed, a new one is there."""
    schools = town.schools.copy()
    first, second = (str(s) for s in schools.index[:2])
    schools.loc[first, ["x_m", "y_m"]] = [1.0, 2.0]
    schools.loc[second, "is_open"] = False
    schools.loc["new"] = schools.loc[first]
    schools.loc["new", "name"] = "Orchard"
    points = plan_layers(town, Plan.today(town), schools)["schools"].set_index("school_id")
    assert points.loc[first].geometry.coords[0] == (1.0, 2.0)
    assert not points.loc[second, "is_open"]
    assert points.loc["new", "name"] == "Orchard"
    assert first in plan_layers(town, Plan.today(town))["schools"]["school_id"].tolist()
