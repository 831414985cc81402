"""The process that loads OR-Tools and nothing of the product: ``cpsat_child.py FOLDER S SEED N``.

Reads ``model.npz``, writes ``x.npy``, prints JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

MISSING = 7
STEPS = 1e6  # of a column that is not whole


def main(words: list[str]) -> int:
    """Solve the model in a folder."""
    folder, seconds, seed, threads = Path(words[0]), float(words[1]), int(words[2]), int(words[3])
    try:
        from ortools.linear_solver.python import model_builder
    except ImportError:
        return MISSING
    from scipy.sparse import csr_matrix

    with np.load(folder / "model.npz") as file:
        given = {name: file[name] for name in file.files}
    n = len(given["cost"])
    shape = (len(given["row_lower"]), n)
    rows = csr_matrix((given["data"], given["indices"], given["indptr"]), shape=shape)
    step = grid(given)
    rows, lower, upper = on_grid(rows, given, step)
    model = model_builder.Model()
    model.helper.fill_model_from_sparse_data(
        np.ceil(given["lower"] / step),
        np.ceil(given["upper"] / step),
        given["cost"] * step,
        lower,
        upper,
        rows,
    )
    whole = np.round(given["start"] / step)
    for column in range(n):
        model.helper.set_var_integrality(column, True)
        model.helper.add_hint(column, float(whole[column]))
    model.helper.set_objective_offset(float(given["constant"]))
    solver = model_builder.Solver("sat")
    solver.set_time_limit_in_seconds(seconds)
    solver.set_solver_specific_parameters(f"num_workers:{threads} random_seed:{seed}")
    clock = time.monotonic()
    status = solver.solve(model)
    found = (model_builder.SolveStatus.OPTIMAL, model_builder.SolveStatus.FEASIBLE)
    told = {
        "status": str(status).rsplit(".", 1)[-1],
        "has_solution": status in found,
        "solve_s": time.monotonic() - clock,
    }
    if told["has_solution"]:
        values = solver.values(model.get_variables()).to_numpy()
        np.save(folder / "x.npy", values * step)
        told["model_value"] = float(solver.objective_value)
        told["bound"] = float(solver.best_objective_bound)
    print(json.dumps(told))
    return 0


def grid(given: dict[str, Any]) -> np.ndarray:
    """Return the step of each column: 1 of whole ones, a millionth of the range of others."""
    span = np.maximum(given["upper"] - given["lower"], 1e-9)
    return np.where(given["integer"], 1.0, 2.0 ** np.ceil(np.log2(span / STEPS)))


def on_grid(rows: Any, given: dict[str, Any], step: np.ndarray) -> tuple[Any, Any, Any]:
    """Return rows and their sides for columns counted in steps.

    CP-SAT knows whole numbers only.  Rows with columns that were fractions are widened by what
    rounding these to their grid can change, and multiplied until their coefficients are large.
    """
    from scipy.sparse import diags

    rows = rows @ diags(step)
    rounded = abs(rows) @ (~given["integer"]).astype(float)
    smallest = np.where(rounded > 0, rounded, 1.0)
    factor = np.where(rounded > 0, 1.0 / smallest, 1.0)
    lower = (given["row_lower"] - rounded) * factor
    upper = (given["row_upper"] + rounded) * factor
    return (diags(factor) @ rows).tocsr(), lower, upper


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
