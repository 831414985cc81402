"""What may be compared: evaluations at hand, runs that were read, and folders of runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from planner.errors import RunError
from planner.evaluation import Evaluation
from planner.runs import Run, read_run
from planner.runs.asked import aim_title, later_aims

__all__ = ["TODAY", "Option", "Source", "options"]

TODAY = "today"
"""The column of today's numbers: no option may have this name."""

OTHER_COLUMNS = ("metric", "scope", "id", "group", "unit", "better")
"""Nor one of these, which stand beside the options."""

Source = Evaluation | Run | Path | str


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    """One side of a comparison.

    Parameters
    ----------
    name : str
        Unique among the options.
    metrics : DataFrame
        As in metrics.csv.
    broken : tuple of str
        Sentences of the rules that do not hold.
    unchecked : tuple of str
        Why some rules could not be checked.
    sure : str
        How sure its solve was; empty for a plan that was only scored.
    data : str
        Digest of the district's data it was measured on; empty where that is not recorded.
    """

    name: str
    metrics: pd.DataFrame
    broken: tuple[str, ...]
    unchecked: tuple[str, ...]
    sure: str = ""
    data: str = ""


def options(sources: Sequence[Source], names: Sequence[str] | None = None) -> list[Option]:
    """Bring everything into one form.

    Parameters
    ----------
    sources : sequence of Evaluation, Run, or folder of a run
    names : sequence of str, optional
        What they are called; titles or folder names by default.

    Raises
    ------
    RunError
        Where nothing is given, names do not fit, a run holds no plan, or runs are of districts
        without a common block.
    """
    if not sources:
        raise RunError("nothing to compare", "", "name one or more runs")
    read = [read_run(Path(s)) if isinstance(s, Path | str) else s for s in sources]
    if names is not None and len(names) != len(read):
        raise RunError(f"{len(names)} names for {len(read)} runs", "", "give one name a run")
    empty = [_name(one) for one in read if one.metrics.empty]
    if empty:
        raise RunError(
            f"no plan to compare in {', '.join(empty)}",
            "the solve ended without one, so nothing was measured",
            "leave it out, or solve again",
        )
    _refuse_other_districts([one for one in read if isinstance(one, Run)])
    called = list(names) if names is not None else [_name(one) for one in read]
    return [_option(one, name) for one, name in zip(read, _unique(called), strict=True)]


def _option(one: Evaluation | Run, name: str) -> Option:
    if isinstance(one, Run):
        rules = one.rules
        broken = tuple(map(str, rules.loc[~rules["ok"].astype(bool), "sentence"]))
        unchecked = tuple(one.record.get("unchecked", ()))
        return Option(
            name=name,
            metrics=one.metrics,
            broken=broken,
            unchecked=unchecked,
            sure=_sure(one.record),
            data=_data(one),
        )
    broken = tuple(finding.sentence for finding in one.findings if not finding.ok)
    return Option(name, one.metrics, broken, one.unchecked)


def _data(run: Run) -> str:
    return str(run.record.get("district", {}).get("digest", ""))


def _refuse_other_districts(runs: Sequence[Run]) -> None:
    """Raise where a run has no block in common with the first one, nor its data."""
    planned = [run for run in runs if run.plan is not None]
    blocks = [set(run.plan.table["block_id"]) for run in planned if run.plan is not None]
    for run, ids in zip(planned[1:], blocks[1:], strict=True):
        if ids.isdisjoint(blocks[0]) and _data(run) != _data(planned[0]):
            raise RunError(
                f"{planned[0].folder} and {run.folder} are runs of different districts: none of "
                f"the {len(blocks[0]):,} blocks of the one is among the {len(ids):,} of the other",
                "a measure of one district is neither better nor worse than that of another",
                "compare runs of one district; other years of it, with the same block ids, can be",
            )


def _name(one: Evaluation | Run) -> str:
    return one.folder.name or one.title if isinstance(one, Run) else one.title


def _unique(names: Sequence[str]) -> list[str]:
    """Make names differ by a number where they repeat, or are those of other columns."""
    taken = {TODAY, *OTHER_COLUMNS}
    out: list[str] = []
    for name in names:
        free, number = name, 1
        while free in taken:
            number += 1
            free = f"{name} ({number})"
        taken.add(free)
        out.append(free)
    return out


def _sure(record: Any) -> str:
    """Say how good the solve proved to be."""
    parts = [str(record.get("status", ""))]
    aims = record.get("objectives") or ()
    levels = {aim.get("level", "") for aim in aims}
    for aim, is_later in zip(aims, later_aims(record), strict=True):
        value, bound, unit = aim.get("value"), aim.get("bound"), aim.get("unit", "")
        level = str(aim.get("level", ""))
        name = f"{aim_title(aim)} ({level})" if len(levels) > 1 else aim_title(aim)
        text = f"{name} {value:g} {unit}" if value is not None else name
        if bound is not None:
            text += f", cannot be below {bound:g}"
            text += " where the aims before it are kept" if is_later else ""
        parts.append(text)
    return "; ".join(part for part in parts if part)
