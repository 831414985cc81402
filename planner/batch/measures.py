"""What the plans of a batch are compared by: fronts, difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.dtypes import Bools, Floats
from geodata.reserved import ALL
from planner.batch.plain_names import meaning, plain_name
from planner.comparison.comparison import badness
from planner.metrics import metric_texts
from planner.plan import Plan

__all__ = [
    "SCOPES",
    "Measure",
    "collect_measures",
    "distances",
    "first_aims",
    "front_of",
    "good_and_different",
]


SCOPES = ("aim", "district", "level")
_LEFT_OUT = ("_random", "_stratified")
_FIRST = (
    "students_moved",
    "travel_mean_metres",
    "travel_longest_metres",
    "poverty_spread",
    "poverty_range",
    "parity_gap",
    "utilization_highest",
    "students_over_capacity",
    "theil_h_multigroup",
    "islands",
)


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of every plan.

    Parameters
    ----------
    key : str
        ``scope/metric/id/group``.
    label : str
        For people.
    unit : str
    better : str
        "lower", "higher", "nearer to 0", "nearer to 1" or "neither".
    says : str
        What it is, in a sentence.
    """

    key: str
    label: str
    unit: str
    better: str
    says: str = ""

    @property
    def name(self) -> str:
        """What it is called in results.csv."""
        return self.key.split("/")[1]

    @property
    def scope(self) -> str:
        """Which rows of results.csv: aims and metrics of one name are different measures."""
        return self.key.split("/")[0]

    @property
    def is_aim(self) -> bool:
        """Whether scenarios aim at it."""
        return self.key.startswith("aim/")


def collect_measures(results: pd.DataFrame) -> tuple[list[Measure], pd.DataFrame]:
    """Return the measures in which the plans differ, and their values.

    Parameters
    ----------
    results : DataFrame
        As results.parquet.

    Returns
    -------
    measures : list of Measure
        Aims first, in the order of the scenarios, then what boards ask for first.
    values : DataFrame
        Index job, columns measure keys, in the measures' units; NaN unknown.
    """
    rows = results[results["scope"].isin(SCOPES)]
    rows = rows[~rows["metric"].astype(str).str.contains("|".join(_LEFT_OUT), regex=True)]
    if rows.empty:
        return [], pd.DataFrame(index=pd.Index(results["job"].unique(), name="job"))
    rows = rows.assign(key=_key(rows))
    values = rows.pivot(index="job", columns="key", values="plan").astype(float)
    differs = values.max() - values.min() > 1e-9 * values.abs().max().clip(lower=1e-9)
    texts = metric_texts()
    measures: list[Measure] = []
    levels = rows.loc[rows["scope"].isin(["aim", "level"]), "id"].unique()
    for row in rows.drop_duplicates("key").itertuples():
        is_aim = str(row.scope) == "aim"
        text = texts.get(str(row.metric))
        better = "lower" if is_aim else ("neither" if text is None else text.better)
        if better == "neither" or not bool(differs[str(row.key)]):
            continue
        says = meaning(str(row.metric), is_aim=bool(is_aim))
        label = _label(row, is_only_level=len(levels) == 1)
        measures.append(Measure(str(row.key), label, str(row.unit), better, says))
    measures = _without_repeats(measures, values)
    measures.sort(key=lambda m: -1 if m.is_aim else _rank(m.key))
    return measures, values[[measure.key for measure in measures]]


def first_aims(results: pd.DataFrame) -> dict[str, str]:
    """Return the key of the measure that each job aims at first."""
    rows = results[results["scope"] == "aim"].drop_duplicates("job")
    return {} if rows.empty else dict(zip(rows["job"], _key(rows), strict=True))


def _key(rows: pd.DataFrame) -> pd.Series[str]:
    return rows["scope"] + "/" + rows["metric"] + "/" + rows["id"] + "/" + rows["group"]


def _label(row: object, *, is_only_level: bool) -> str:
    metric, group, scope, where = (
        str(getattr(row, name)) for name in ("metric", "group", "scope", "id")
    )
    text = metric.replace("_", " ") if scope == "aim" else plain_name(metric)
    parts = [group.replace("|", " and ")] if group != ALL else []
    parts += [where] if scope == "level" or (scope == "aim" and not is_only_level) else []
    return ("aim: " if scope == "aim" else "") + text + (f" ({', '.join(parts)})" if parts else "")


def _rank(key: str) -> int:
    metric = key.split("/")[1]
    return _FIRST.index(metric) if metric in _FIRST else len(_FIRST)


def _without_repeats(measures: Sequence[Measure], values: pd.DataFrame) -> list[Measure]:
    """Leave out measures of one level that repeat those of the district."""
    kept: list[Measure] = []
    seen: set[tuple[str, bytes]] = set()
    for measure in sorted(
        measures, key=lambda m: ("aim", "dist", "leve").index(m.key[:4].strip("/"))
    ):
        numbers = np.round(values[measure.key].to_numpy(float), 9)
        spot = (measure.key.split("/")[1], numbers.tobytes())
        if measure.is_aim or spot not in seen:
            kept.append(measure)
        seen.add(spot)
    return kept


def front_of(values: Floats, better: Sequence[str]) -> Bools:
    """Return which plans no other plan beats: the Pareto front.

    Parameters
    ----------
    values : (k, m) float64
        NaN rows are never on the front and beat nobody.
    better : (m,) sequence of str

    Returns
    -------
    (k,) bool
    """
    bad = np.column_stack([badness(column, [side] * len(column)) for column, side in
                           zip(values.T, better, strict=True)])  # fmt: skip
    known: Bools = np.asarray(~np.isnan(bad).any(axis=1))
    no_worse = (bad[:, None, :] <= bad[None, :, :]).all(axis=2)
    better_somewhere = (bad[:, None, :] < bad[None, :, :]).any(axis=2)
    beaten = (no_worse & better_somewhere & known[:, None]).any(axis=0)
    return np.asarray(known & ~beaten)


def distances(plans: Mapping[str, Plan], weights: pd.Series[float]) -> tuple[list[str], Floats]:
    """Measure how different plans are: the share of students with another school.

    Parameters
    ----------
    plans : mapping of job to Plan
        All of one district.
    weights : Series
        Students; index (level, block_id).

    Returns
    -------
    jobs : list of str
    (k, k) float64 [share]
        0: the same plan; 1: every student has another school.
    """
    jobs = list(plans)
    columns = {
        job: plan.table.groupby(["level", "block_id"])["school_id"].agg("+".join)
        for job, plan in plans.items()
    }
    table = pd.DataFrame(columns).fillna("")
    codes = np.column_stack([pd.factorize(pd.concat([table[j] for j in jobs]))[0]])
    codes = codes.reshape(len(jobs), len(table))
    weight = weights.reindex(table.index).fillna(0.0).to_numpy(float)
    weight = weight / weight.sum() if weight.sum() > 0 else np.full(len(table), 1 / len(table))
    apart = np.zeros((len(jobs), len(jobs)))
    for i in range(len(jobs)):
        apart[i] = (codes != codes[i]) @ weight
    return jobs, apart


def good_and_different(good: Sequence[str], jobs: Sequence[str], apart: Floats, count: int) -> (
    list[tuple[str, float]]
):  # fmt: skip
    """Choose plans that are good and as different from each other as can be.

    Parameters
    ----------
    good : sequence of str
        Jobs to choose from, the best first; that one is always chosen.
    jobs : sequence of str
    apart : (k, k) float64 [share]
        From `distances`.
    count : int

    Returns
    -------
    list of (job, least distance to those chosen before [share])
    """
    at = {job: i for i, job in enumerate(jobs)}
    left = [job for job in good if job in at]
    chosen: list[tuple[str, float]] = []
    while left and len(chosen) < count:
        near = [min((apart[at[j], at[c]] for c, _ in chosen), default=1.0) for j in left]
        best = int(np.argmax(near)) if chosen else 0
        if chosen and near[best] <= 0:
            break
        chosen.append((left.pop(best), float(near[best]) if chosen else 0.0))
    return chosen
