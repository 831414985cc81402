"""Run the benchmarks and write them as JSON and as a Markdown table.

    python tests/benchmarks/run.py --quick --out DIR     # minutes: does it all work, is it sane
    python tests/benchmarks/run.py --full --out DIR      # hours: the figures to publish

``--only TEXT`` picks cases by name, ``--seeds 1 2 3`` sets the seeds, ``--cpsat no`` leaves CP-SAT
out.  Every case runs in a process of its own, on two threads.  Real districts and published
instances are measured where SHARED_DATA and SHARED_BENCH (or ../shared) hold them.  Nothing is
asserted about time: results are ratios, gaps and bounds to be read.  A stopped run has written
every case it finished.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent

if __name__ == "__main__":
    sys.path[:0] = [str(HERE), str(HERE.parents[1])]


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    size = parser.add_mutually_exclusive_group(required=True)
    size.add_argument("--quick", action="store_true")
    size.add_argument("--full", action="store_true")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--only", nargs="*", default=[], metavar="TEXT")
    parser.add_argument("--seeds", nargs="*", type=int, metavar="N")
    parser.add_argument("--seconds", type=float, help="time of every solve, in place of its own")
    parser.add_argument("--cpsat", choices=("yes", "no"), default="yes")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> int:
    """Measure and write."""
    from cases import all_cases
    from table import as_markdown

    asked = arguments(words)
    seeds = asked.seeds or ([1] if asked.quick else [1, 2, 3])
    cases = [
        case.as_dict()
        for case in all_cases(asked.quick)
        if not asked.only or any(text in case.name for text in asked.only)
    ]
    if not cases:
        print("no case has such a name", file=sys.stderr)
        return 2
    asked.out.mkdir(parents=True, exist_ok=True)
    document: dict[str, Any] = {"machine": machine(), "seeds": seeds, "cases": []}
    for case in cases:
        if asked.seconds is not None and case["seconds"]:
            case["seconds"] = asked.seconds
        document["cases"].append(measured(case, seeds, with_cpsat=asked.cpsat == "yes"))
        write(asked.out / "results.json", json.dumps(document, indent=2) + "\n")
        write(asked.out / "results.md", as_markdown(document))
    print(asked.out / "results.md")
    return 0


def measured(case: dict[str, Any], seeds: list[int], *, with_cpsat: bool) -> dict[str, Any]:
    """Run one case with every seed, then CP-SAT once."""
    once = case["kind"] == "growth"
    runs = [run("one_case.py", case, seed) for seed in (seeds[:1] if once else seeds)]
    found: dict[str, Any] = {**case, "runs": runs}
    if case["with_cpsat"] and with_cpsat:
        found["cpsat"] = run("cpsat.py", case, seeds[0])
    return found


def run(program: str, case: dict[str, Any], seed: int) -> dict[str, Any]:
    """Run a program of this folder on a case and read its JSON."""
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as home:
        file = Path(home) / "case.json"
        file.write_text(json.dumps(case), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, str(HERE / program), str(file), str(seed)],
            capture_output=True,
            text=True,
            check=False,
        )
    took = time.monotonic() - begin
    print(f"{case['name']} seed {seed} {program}: {took:.0f} s", file=sys.stderr)
    if done.returncode:
        return {"seed": seed, "status": "failed", "error": done.stderr[-2000:], "objectives": []}
    return {"seed": seed, **json.loads(done.stdout.splitlines()[-1])}


def machine() -> dict[str, Any]:
    """Return what the times depend on."""
    from planner.runs.record import versions

    return {"processors": os.cpu_count(), "system": platform.machine(), "versions": versions()}


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


if __name__ == "__main__":
    sys.exit(main())
