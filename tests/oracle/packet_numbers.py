"""Every number a packet of one option would hold, as the gate of what may be shown takes them."""

from __future__ import annotations

import numpy as np

from geodata import District
from planner.disclosure.worlds import Key
from planner.evaluation import Settings, evaluate
from planner.plan import Plan


def packet_numbers(town: District, plan: Plan) -> dict[Key, float]:
    """Return every number the package measures on the plan ("A") and on today's ("")."""
    rows = evaluate(town, plan, settings=Settings(random_draws=0)).metrics
    names = list(rows[["metric", "scope", "id", "group"]].itertuples(index=False, name=None))
    return {
        (letter, *name): float(value)
        for letter, column in (("A", "plan"), ("", "baseline"))
        for name, value in zip(names, rows[column], strict=True)
        if not np.isnan(value)
    }
