"""Solve one folder of the published benchmark format.

    python tests/benchmarks/published.py INSTANCE_DIR --seconds S --seed N --out plan.csv

Everything is done by the product's own functions: the rules `contiguity` and `school_in_own_zone`,
the weighted aims `utilization_deviation` and `compactness`, and `planner.solving.solve_problem`.
The seconds count from the start of the program, reading and compiling included.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

BEGIN = time.monotonic()
WRITING_S = 0.5  # kept for the last round's end, the check and the file

if __name__ == "__main__":  # works in a checkout that is not installed too
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("instance", type=Path, metavar="INSTANCE_DIR")
    parser.add_argument("--seconds", type=float, default=120.0, help="time for everything [s]")
    parser.add_argument("--iterations", type=int, help="thousands of moves, in place of seconds")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2, help="processes that search")
    parser.add_argument("--out", type=Path, required=True, metavar="plan.csv")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> int:
    """Solve and write; returns the exit code."""
    asked = arguments(words)
    from published_format import read_problem, read_scenario, write_zones

    from planner.solving import solve_problem

    problem = read_problem(asked.instance)
    scenario = read_scenario(asked.instance, asked.seed)
    limit = None
    if asked.iterations is None:
        limit = max(0.1, asked.seconds - WRITING_S - (time.monotonic() - BEGIN))
    result = solve_problem(
        scenario,
        problem,
        time_limit_s=limit,
        iterations=asked.iterations,
        seed=asked.seed,
        threads=asked.threads,
    )
    for sentence in result.broken:
        print(sentence, file=sys.stderr)
    if result.zone_of is None:
        print(f"{asked.instance}: {result.status}", file=sys.stderr)
        return 3 if result.status == "INFEASIBLE" else 4
    write_zones(asked.out, problem, result.zone_of)
    told = {
        "instance": asked.instance.name,
        "F": scenario.objectives[0].measure(problem, result.zone_of),
        "seconds": round(time.monotonic() - BEGIN, 1),
        "iterations": result.moves // 1000,
        "seed": asked.seed,
    }
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
