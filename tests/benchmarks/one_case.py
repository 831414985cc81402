"""Measure one case in a process of its own: ``one_case.py CASE.json SEED`` prints JSON.

A process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import contextlib
import json
import math
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

BEGIN = time.monotonic()
HERE = Path(__file__).resolve().parent
KILO = 1024.0

if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parents[1]))


def main(words: list[str]) -> int:
    """Measure and print."""
    case = json.loads(Path(words[0]).read_text(encoding="utf-8"))
    measure = {
        "ladder": measure_scenario,
        "scenario": measure_scenario,
        "published": measure_published,
        "growth": measure_growth,
    }[case["kind"]]
    found = measure(case, int(words[1]))
    print(json.dumps({**found, **memory(), "wall_s": time.monotonic() - BEGIN}))
    return 0


def memory() -> dict[str, float]:
    """Return the peak memory of this process and of its largest worker [MB]."""
    own, workers = (
        resource.getrusage(who).ru_maxrss / KILO
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return {"peak_mb": own, "peak_worker_mb": workers}


def scenario_of(case: dict[str, Any]) -> tuple[Any, Any]:
    """Return scenario and district of a case."""
    from geodata import load_district, synthetic_grid
    from planner.scenario import load_scenario, parse_scenario

    if case["path"]:
        scenario = load_scenario(case["path"])
        return scenario, load_district(scenario.district)
    from cases import QUESTIONS

    n, schools = case["size"]
    asked = {
        "schema": 1,
        "title": case["name"],
        "district": "made-up.toml",
        "levels": ["elementary"],
        **QUESTIONS[case["question"]],
    }
    return parse_scenario(asked), synthetic_grid(n, schools, 4, 2, seed=1)


def measure_scenario(case: dict[str, Any], seed: int) -> dict[str, Any]:
    """Solve by the clock and check the plan by the rules' own measurements."""
    from planner.progress import Progress
    from planner.solving import solve

    scenario, district = scenario_of(case)
    heard: list[Progress] = []
    solution = solve(
        scenario,
        district=district,
        time_limit_s=case["seconds"],
        seed=seed,
        threads=2,
        progress=heard.append,
    )
    first = next((event.seconds for event in heard if event.best is not None), None)
    found: dict[str, Any] = {
        "status": str(solution.status),
        "objectives": solution.objectives,
        "seconds": solution.seconds,
        "first_plan_s": first,
        "iterations": solution.iterations,
        "rules_hold": None,
        "moved_share": None,
        "broken": list(solution.broken),
    }
    if solution.plan is None:
        return found
    from planner.objectives import StudentsMoved

    ((level, problem),) = scenario.problems(district).items()
    zone_of = solution.plan.zone_index(problem)
    today = scenario.objectives_for(level)[0].measure(problem, problem.current)
    moved = StudentsMoved().measure(problem, zone_of)
    return found | {
        "today": today,
        "rules_hold": all(finding.ok for finding in scenario.check(problem, zone_of)),
        "moved_share": moved / problem.students.sum(),
        "blocks": problem.n_blocks,
        "zones": problem.n_zones,
    }


def measure_published(case: dict[str, Any], seed: int) -> dict[str, Any]:
    """Solve a folder of the published format and score the plan by its definition."""
    import pandas as pd
    import published
    from published_format import read_problem, read_scenario, read_start

    folder = Path(case["path"])
    with tempfile.TemporaryDirectory() as home:
        out = Path(home) / "plan.csv"
        words = [str(folder), "--seconds", str(case["seconds"]), "--seed", str(seed)]
        with contextlib.redirect_stdout(sys.stderr):
            code = published.main([*words, "--out", str(out)])
        if code:
            return {"status": f"exit code {code}", "objectives": [], "rules_hold": False}
        problem, scenario = read_problem(folder), read_scenario(folder, seed)
        areas = pd.Index(problem.block_ids)
        schools = pd.Series(problem.zone_ids, index=areas[problem.root])
        zone_of = read_start(out, areas, schools)
    value = scenario.objectives[0].measure(problem, zone_of)
    peers = peers_of(folder)
    return {
        "status": "HEURISTIC",
        "objectives": [{"name": "F", "value": value, "bound": None, "gap": None, "unit": "index"}],
        "rules_hold": all(finding.ok for finding in scenario.check(problem, zone_of)),
        "moved_share": float(
            problem.students[zone_of != problem.current].sum() / problem.students.sum()
        ),
        "known": peers,
        "blocks": problem.n_blocks,
        "zones": problem.n_zones,
    }


def peers_of(folder: Path) -> dict[str, float]:
    """Return the best and the median of the valid published plans; read after the solve."""
    import pandas as pd

    path = folder / "published.csv"
    if not path.is_file():
        return {}
    table = pd.read_csv(path)
    values = table.loc[table["valid"].astype(str) == "1", "F"].tolist()
    if not values:
        return {}
    return {"best published": min(values), "median published": statistics.median(values)}


def measure_growth(case: dict[str, Any], seed: int) -> dict[str, Any]:
    """Time load with check, the problem's arrays, and the whole model's rows, each once [s]."""
    from cases import QUESTIONS

    from geodata import check_district, synthetic_grid, write_district
    from planner.model.layout import whole
    from planner.model.pairs import close_unreachable
    from planner.model.write import write_layout
    from planner.scenario import load_scenario, parse_scenario

    with tempfile.TemporaryDirectory() as home:
        if case["path"]:
            scenario = load_scenario(case["path"])
        else:
            n, schools = case["size"]
            write_district(synthetic_grid(n, schools, 4, 2, seed=1), Path(home))
            asked = {"schema": 1, "title": "growth", "district": str(Path(home) / "district.toml")}
            scenario = parse_scenario({**asked, "levels": ["elementary"], **QUESTIONS["travel"]})
        times = {}
        clock = time.monotonic()
        report = check_district(scenario.district)
        times["load_and_check_s"] = time.monotonic() - clock
    if report.district is None:
        return {"status": "the district has fatal faults", "objectives": []}
    clock = time.monotonic()
    ((_, problem),) = scenario.problems(report.district).items()
    constraints = scenario.constraints(problem)
    times["arrays_s"] = time.monotonic() - clock
    clock = time.monotonic()
    layout = close_unreachable(whole(problem, constraints), constraints)
    written = write_layout(layout, constraints, scenario.amounts(problem)[0])
    times["model_s"] = time.monotonic() - clock
    return {
        "status": "built",
        "objectives": [],
        **times,
        "total_s": math.fsum(times.values()),
        "blocks": problem.n_blocks,
        "zones": problem.n_zones,
        "pairs": layout.n_pairs,
        "rows": written.model.n_rows,
    }


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    sys.exit(main(sys.argv[1:]))
