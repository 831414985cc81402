"""Is a plan an outlier?  A crowd of plans that hold the rules, and where one plan stands in it.

The crowd is no even draw from all plans that keep the rules: it comes from an annealing on border
length, held at one temperature (`COLD`: a quarter of the typical change of that length in a move),
because zones of walks without that are lace.  Plans with short borders are more likely, roughly as
exp(-length / temperature), and so are plans near today's, where the chains begin.  It knows none of
the scenario's aims; a plan that beats nearly all of the crowd in one stands out among compact plans
of this kind, which is a reason to ask how it came about and no proof of purpose.  Several chains
start at the same plan with other random numbers; where they still disagree, the crowd is too small,
and that is told.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from geodata import District
from geodata.dtypes import Floats, Ints
from planner.batch.folder import BatchFolder
from planner.batch.further import Ensemble
from planner.batch.job import version_digest
from planner.errors import PlannerError
from planner.objectives import OBJECTIVES, BorderLength
from planner.problem import Problem
from planner.runs.folder import replace_file
from planner.runs.record import json_text
from planner.scenario import Scenario
from planner.search.bench import Bench
from planner.search.tasks import Anneal, Task, do, warm_up
from planner.search.temperature import measure_scale
from planner.solving.aims import no_aim
from planner.solving.start import start_plans

__all__ = ["Crowd", "draw_crowd", "stand_in"]

COLD = 0.25  # temperature over the typical change of the border length
SETTLE = 10  # plans of each chain that are dropped, so that the start is forgotten


@dataclass(frozen=True, slots=True)
class Crowd:
    """Measures of the plans of an ensemble of one level.

    Parameters
    ----------
    level : str
    measures : DataFrame
        One row a plan, one column an objective, in its unit.
    units : dict of str to str
    disagreement : dict of str to float
        Split R-hat of each measure: 1 where chains agree, above 1.1 where they do not.
    refused : int
        Plans drawn that broke a rule, and were left out.
    """

    level: str
    measures: pd.DataFrame
    units: dict[str, str]
    disagreement: dict[str, float]
    refused: int


def draw_crowd(
    scenario: Scenario, district: District, asked: Ensemble, batch: BatchFolder | None = None
) -> list[Crowd]:
    """Draw an ensemble for each level of a scenario; kept in the batch folder.

    Parameters
    ----------
    scenario : Scenario
    district : District
    asked : Ensemble
    batch : BatchFolder, optional
        Where an ensemble that was drawn before is found.
    """
    said = [scenario.resolved.get(key) for key in ("rule", "event", "objective", "levels")]
    told = [*said, asdict(asked), version_digest()]
    name = hashlib.sha256((district.digest() + json_text(told)).encode()).hexdigest()[:16]
    place = None if batch is None else batch.path / "ensembles" / f"{name}.json"
    if place is not None and place.is_file():
        return [_read(item) for item in json.loads(place.read_text(encoding="utf-8"))]
    crowds = [_draw(scenario, problem, asked) for problem in scenario.problems(district).values()]
    if place is not None:
        data = [asdict(c) | {"measures": c.measures.to_dict("list")} for c in crowds]
        replace_file(place, json_text(data).encode())
    return crowds


def _read(item: dict[str, Any]) -> Crowd:
    return Crowd(**(item | {"measures": pd.DataFrame(item["measures"]).astype(float)}))


def _draw(scenario: Scenario, problem: Problem, asked: Ensemble) -> Crowd:
    rules = scenario.constraints(problem)
    has_borders = bool(np.isfinite(problem.edge_shared_m).all()) and problem.edge_shared_m.sum() > 0
    amount = BorderLength().amount(problem) if has_borders else no_aim(problem)
    bench = Bench.make(problem, rules, amount)
    start = start_plans(bench)[0]
    warm_up(bench, start)
    scale = measure_scale(bench, start, asked.seed)
    aims = _objectives(scenario, problem)
    rows: list[dict[str, float]] = []
    chain_of: list[int] = []
    refused = 0
    each = -(-asked.plans // asked.chains)
    work = Anneal(asked.moves_between, COLD * scale.typical, COLD * scale.typical)
    for chain in range(asked.chains):
        zone = start
        for number in range(SETTLE + each):
            seed = (asked.seed, chain, number)
            zone = do(bench, Task(work, zone, 4.0 * scale.prices, seed)).zone
            if number < SETTLE:
                continue
            if not bench.holds(zone):
                refused += 1
                continue
            whole = bench.model.units.expand(zone)
            rows.append({name: aim.measure(problem, whole) for name, aim in aims.items()})
            chain_of.append(chain)
    table = pd.DataFrame(rows, columns=list(aims)).astype(float)
    apart = {name: _r_hat(table[name].to_numpy(), np.array(chain_of)) for name in aims}
    units = {name: aim.unit for name, aim in aims.items()}
    return Crowd(problem.level, table, units, apart, refused)


def _objectives(scenario: Scenario, problem: Problem) -> dict[str, Any]:
    """Return the objectives that can be measured here: the scenario's own, and all by default."""
    found: dict[str, Any] = {}
    for stage in scenario.objectives_for(problem.level):
        for _, aim in stage.parts:
            found.setdefault(aim.name, aim)
    kinds: tuple[Any, ...] = OBJECTIVES
    for kind in kinds:
        try:
            found.setdefault(kind.name, kind())
        except (TypeError, PlannerError):  # it needs a group that nobody has named
            continue
    return {name: aim for name, aim in found.items() if _can_measure(aim, problem)}


def _can_measure(aim: Any, problem: Problem) -> bool:
    zone = np.where(problem.current >= 0, problem.current, 0).astype(np.int32)
    try:
        return bool(np.isfinite(aim.measure(problem, zone)))
    except PlannerError:
        return False


def _r_hat(values: Floats, chain: Ints) -> float:
    """Return the split R-hat of a measure (Gelman et al., Bayesian Data Analysis, 11.4)."""
    halves = [
        half
        for one in np.unique(chain)
        for half in np.array_split(values[chain == one], 2)
        if len(half) > 1
    ]
    if len(halves) < 2:
        return float("nan")
    length = min(map(len, halves))
    table = np.stack([half[:length] for half in halves])
    within = float(table.var(axis=1, ddof=1).mean())
    between = length * float(table.mean(axis=1).var(ddof=1))
    if within <= 0:
        return 1.0 if between <= 0 else float("inf")
    return float(np.sqrt(((length - 1) / length * within + between / length) / within))


def stand_in(crowd: Crowd, scenario: Scenario, problem: Problem, zone_of: Ints) -> pd.DataFrame:
    """Tell where a plan stands in the crowd.

    Returns
    -------
    DataFrame
        As ensemble.csv, a row a measure; columns as in `planner.batch.columns`.
    """
    aims = _objectives(scenario, problem)
    rows = []
    for name in crowd.measures.columns:
        values = crowd.measures[name].to_numpy(float)
        value = float(aims[name].measure(problem, zone_of))
        near = np.isclose(values, value, rtol=1e-9, atol=1e-12)
        share = float(((values < value) & ~near).mean() + 0.5 * near.mean())
        low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
        rows.append(
            {
                "measure": name,
                "unit": crowd.units[name],
                "value": value,
                "crowd_low": low,
                "crowd_middle": middle,
                "crowd_high": high,
                "share_lower": share,
                "is_outlier": not 0.025 <= share <= 0.975,
                "disagreement": crowd.disagreement[name],
            }
        )
    return pd.DataFrame(rows)
