"""The same sweep from Python, and a question to its table.  Run: python run.py."""

from pathlib import Path

import pandas as pd

from planner.batch.sweep import run_sweep
from planner.examples import write_town

HERE = Path(__file__).parent


def main() -> None:
    """Sweep, then tell what a limit on seats costs."""
    out = HERE / "batch"
    if not (HERE / "district").is_dir():
        write_town(HERE / "district")
    run_sweep(HERE / "sweep.toml", out, workers=2, resume=True)
    table = pd.read_parquet(out / "results.parquet")
    moved = table[(table["metric"] == "students_moved") & (table["scope"] == "district")]
    print(moved.groupby("rule.capacity.ceiling_share")["plan"].agg(["min", "mean", "max"]))


if __name__ == "__main__":  # workers are new processes that read this file again
    main()
