"""The benchmark program: one folder of the published format in, one plan out."""

from __future__ import annotations

import csv
import importlib
import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
SIDE_FT = 1000.0
ROWS, COLUMNS = 4, 5
SCHOOLS = {"a00": "N", "a12": "M", "a19": "S"}


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the program."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("published")


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """Return a folder with a grid of areas, three schools and no plan to start from."""
    folder = tmp_path / "grid"
    (folder / "plans").mkdir(parents=True)
    ids = [f"a{k:02d}" for k in range(ROWS * COLUMNS)]
    rng = np.random.default_rng(5)
    areas = [
        [a, rng.integers(1, 40), SIDE_FT**2, 4 * SIDE_FT, 150 if a in SCHOOLS else 0,
         SCHOOLS.get(a, ""), "N"]
        for a in ids
    ]  # fmt: skip
    head = "id,population,area_ft2,perimeter_ft,capacity,school_id,existing_zone"
    write(folder / "areas.csv", head, areas)
    east = [[ids[k], ids[k + 1], SIDE_FT] for k in range(len(ids)) if k % COLUMNS < COLUMNS - 1]
    south = [[ids[k + COLUMNS], ids[k], SIDE_FT] for k in range(len(ids) - COLUMNS)]
    write(folder / "borders.csv", "i,j,shared_length_ft", east + south)
    write(folder / "schools.csv", "school_id,name,area_id,capacity,x,y",
          [[code, f"School {code}", a, 150, 0, 0] for a, code in SCHOOLS.items()])  # fmt: skip
    (folder / "instance.json").write_text(json.dumps({"w1": 0.7, "w2": 0.3}), encoding="utf-8")
    return folder


def write(path: Path, head: str, rows: list[list[object]]) -> None:
    """Write a table."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head.split(","), *rows])


def read(path: Path) -> list[dict[str, str]]:
    """Read a table."""
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def score(folder: Path, plan: Path) -> float:
    """Return F of a plan by its definition, after a look at every zone."""
    areas = {row["id"]: row for row in read(folder / "areas.csv")}
    borders = read(folder / "borders.csv")
    zone = {row["id"]: row["zone"] for row in read(plan)}
    assert set(zone) == set(areas)
    total = 0.0
    for home, code in SCHOOLS.items():
        members = {a for a, z in zone.items() if z == code}
        reached, queue = {home}, [home]
        while queue:
            at = queue.pop()
            for b in borders:
                for one, other in ((b["i"], b["j"]), (b["j"], b["i"])):
                    if one == at and other in members - reached:
                        reached.add(other)
                        queue.append(other)
        assert reached == members
        population = sum(float(areas[a]["population"]) for a in members)
        capacity = sum(float(areas[a]["capacity"]) for a in members)
        inside = sum(SIDE_FT for b in borders if {b["i"], b["j"]} <= members)
        outer = 4 * SIDE_FT * len(members) - 2 * inside
        full = abs(1 - (population + 0.001) / (capacity + 0.00001))
        shape = 1 - 4 * np.pi * SIDE_FT**2 * len(members) / outer**2
        total += 0.7 * full + 0.3 * shape
    return total


def solve(program: ModuleType, folder: Path, out: Path, capsys) -> float:
    """Run the program in this process and return the F it tells."""
    words = [str(folder), "--iterations", "30", "--seed", "1", "--threads", "1", "--out", str(out)]
    assert program.main(words) == 0
    return float(json.loads(capsys.readouterr().out)["F"])


def test_a_folder_without_a_start_is_solved(published, instance, tmp_path, capsys) -> None:
    """The zones are whole, hold their schools, and F is what the definition says."""
    told = solve(published, instance, tmp_path / "plan.csv", capsys)
    assert told == pytest.approx(score(instance, tmp_path / "plan.csv"), abs=1e-9)


def test_a_start_is_read_whatever_its_labels(published, instance, tmp_path, capsys) -> None:
    """A zone is that of the school whose area it holds; the end is no worse than the start."""
    rows = [f"a{k:02d}" for k in range(ROWS * COLUMNS)]
    label = {a: "one" if k < 5 else "two" if k < 15 else "three" for k, a in enumerate(rows)}
    start = instance / "plans" / "start_existing_run1.csv"
    write(start, "id,zone", [[a, label[a]] for a in rows])
    codes = {"one": "N", "two": "M", "three": "S"}
    write(tmp_path / "coded.csv", "id,zone", [[a, codes[label[a]]] for a in rows])
    told = solve(published, instance, tmp_path / "plan.csv", capsys)
    assert told <= score(instance, tmp_path / "coded.csv") + 1e-9
    from published_format import read_problem

    problem = read_problem(instance)
    assert [str(problem.zone_ids[z]) for z in problem.current] == [codes[label[a]] for a in rows]


def test_the_same_iterations_give_the_same_file(published, instance, tmp_path, capsys) -> None:
    """Byte for byte."""
    for name in ("a.csv", "b.csv"):
        solve(published, instance, tmp_path / name, capsys)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_an_area_no_school_can_reach_is_told(published, instance, tmp_path, capsys) -> None:
    """No plan is written where no plan can be whole; the exit code says it is proven."""
    path = instance / "borders.csv"
    rows = [list(r.values()) for r in read(path) if "a04" not in (r["i"], r["j"])]
    write(path, "i,j,shared_length_ft", rows)
    words = [str(instance), "--iterations", "30", "--threads", "1", "--out", str(tmp_path / "p")]
    assert published.main(words) == 3
    assert not (tmp_path / "p").exists()
