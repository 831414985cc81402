"""CP-SAT on the product's own model, in a process that never loads HiGHS.

The model is the whole problem with ordering rows around today's plan, which every solution of it
keeps in one piece, and today's plan as a hint.  OR-Tools and HiGHS cannot live in one process, so
the model goes to ``cpsat_child.py`` as arrays in a file and the solution comes back the same way.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
MISSING = 7  # exit code of the child where OR-Tools is not installed
PATIENCE = 3.0  # times its time limit, then the child is ended


def interpreter() -> str:
    """Return the Python that has OR-Tools; ``CPSAT_PYTHON`` may name another one."""
    return os.environ.get("CPSAT_PYTHON") or sys.executable


def solve_by_cpsat(case: dict[str, Any], seed: int, threads: int = 2) -> dict[str, Any]:
    """Return value, bound and times of CP-SAT on a case; a note where it is not installed."""
    from one_case import scenario_of

    from planner.model.contiguity import ordering_rows
    from planner.model.layout import whole
    from planner.model.pairs import close_unreachable, pair_graph
    from planner.model.write import write_layout

    scenario, district = scenario_of(case)
    ((_, problem),) = scenario.problems(district).items()
    constraints, amount = scenario.constraints(problem), scenario.amounts(problem)[0]
    layout = close_unreachable(whole(problem, constraints), constraints)
    written = write_layout(layout, constraints, amount)
    graph = pair_graph(layout, constraints)
    written = written.with_rows(*ordering_rows(graph, problem.current))
    clock = time.monotonic()
    with tempfile.TemporaryDirectory() as home:
        told = run_child(
            Path(home), written.model, written.start(problem.current), case, seed, threads
        )
        x = np.load(Path(home) / "x.npy") if told.get("has_solution") else None
    told["wall_s"] = time.monotonic() - clock
    if x is not None:
        zone_of = written.plan(x)
        told["value"] = amount.value(problem, zone_of)
        told["rules_hold"] = all(finding.ok for finding in scenario.check(problem, zone_of))
    return told


def run_child(
    home: Path, model: Any, start: np.ndarray, case: dict[str, Any], seed: int, threads: int
) -> dict[str, Any]:
    """Hand the model over, wait, and read what came back."""
    matrix = model.matrix.tocsr()
    np.savez(
        home / "model.npz",
        lower=model.lower,
        upper=model.upper,
        cost=model.cost,
        constant=model.constant,
        integer=model.integer,
        row_lower=model.row_lower,
        row_upper=model.row_upper,
        indptr=matrix.indptr,
        indices=matrix.indices,
        data=matrix.data,
        start=start,
    )
    words = [interpreter(), str(HERE / "cpsat_child.py"), str(home)]
    limit = float(case["seconds"])
    done = subprocess.run(
        [*words, str(limit), str(seed), str(threads)],
        capture_output=True,
        text=True,
        timeout=PATIENCE * limit + 300.0,
        check=False,
    )
    if done.returncode == MISSING:
        return {"note": "ortools is not installed (extra cpsat): CP-SAT was left out"}
    if done.returncode:
        return {"note": f"CP-SAT's process ended with {done.returncode}: {done.stderr[-400:]}"}
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main(words: list[str]) -> int:
    """Run one case: ``cpsat.py CASE.json SEED`` prints JSON."""
    case = json.loads(Path(words[0]).read_text(encoding="utf-8"))
    print(json.dumps(solve_by_cpsat(case, int(words[1]))))
    return 0


if __name__ == "__main__":
    sys.path[:0] = [str(HERE.parents[1]), str(HERE)]
    sys.exit(main(sys.argv[1:]))
