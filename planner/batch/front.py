"""What a front is asked, and what comes of it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geodata.reserved import OTHERS, POOR
from planner.batch.columns import COLUMNS
from planner.batch.folder import BatchFolder, Manifest
from planner.batch.job import Job, job_digest
from planner.batch.known_district import KnownDistrict
from planner.batch.measures import front_of
from planner.batch.sweep import Outcome
from planner.batch.tables import aim_detail
from planner.errors import ScenarioError
from planner.objectives import OBJECTIVES, ChangesFromStart, Objective, StudentsMoved
from planner.runs.record import json_text
from planner.scenario import Scenario, parse_scenario
from planner.scenario.options import suggest

__all__ = ["LEAST_X", "LEAST_Y", "Front", "Question", "points_table", "refuse_aim"]

LEAST_X, LEAST_Y = "least x", "least y"


@dataclass(frozen=True, slots=True)
class Front:
    """A traced front.

    Parameters
    ----------
    outcome : Outcome
    points : DataFrame
        One row a point that has a plan; columns as in `planner.batch.columns`.
    file : Path
        front.csv.
    asked : int
        Points that were asked for.
    """

    outcome: Outcome
    points: pd.DataFrame
    file: Path
    asked: int

    @property
    def different(self) -> int:
        """How many points differ from each other."""
        return int((self.points["same_as"] == "").sum())


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a scenario and its two aims, one level."""

    scenario: Scenario
    x: Mapping[str, Any]
    y: Mapping[str, Any]
    points: int
    district: KnownDistrict

    def job(self, name: str, aims: Sequence[Mapping[str, Any]], more: Mapping[str, Any] | None,
            parent: str = "") -> Job:  # fmt: skip
        """Return one job of the front."""
        asked = dict(self.scenario.resolved)
        asked["objective"] = [{**aim, "priority": at} for at, aim in enumerate(aims, start=1)]
        asked["rule"] = [*asked["rule"], *([more] if more else [])]
        asked["title"] = f"{self.scenario.title} · {name}"
        asked["district"] = self.district.path
        resolved = dict(parse_scenario(asked).resolved)
        seed = int(asked["seed"])
        return Job(
            digest=job_digest(resolved, self.district.digest, seed, parent),
            name=name,
            variation=name,
            settings={"point": name},
            district=self.district.path,
            district_name=self.district.name,
            district_digest=self.district.digest,
            seed=seed,
            scenario=resolved,
            parent=parent,
        )

    def limits(self, low: float, high: float) -> list[float]:
        """Return the ε between two ends, evenly spaced.

        Of an x that counts students or blocks they are whole numbers, so there may be fewer than
        asked for: x is never between two of them.
        """
        between = np.linspace(low, high, self.points)[1:-1]
        counts = objective_of(self.x) in (StudentsMoved, ChangesFromStart)
        if counts and low.is_integer() and high.is_integer():
            between = np.unique(np.floor(between))
        return [e for at in between if low < (e := float(f"{at:.6g}")) < high]

    def manifest(self, jobs: Sequence[Job], points: pd.DataFrame | None = None) -> Manifest:
        """Return the manifest of the front, with the bounds of its points where they are known."""
        about: dict[str, Any] = {"kind": "pareto", "x": self.x["use"], "y": self.y["use"]}
        if points is not None and len(points):
            first = points.iloc[0]
            for axis, aim in (("x", self.x), ("y", self.y)):
                about[axis] = f"aim/{aim['use']}/{first['level']}/{aim_detail(aim)}"
                about[f"{axis}_unit"] = first[f"{axis}_unit"]
            least = points["x_bound"].dropna()
            about["x_bound"] = None if least.empty else float(least.iloc[0])
            known = points.dropna(subset=["y_bound"])
            about["bounds"] = [
                {"a": None if math.isnan(a) else float(a), "b": float(b)}
                for a, b in zip(known["at_most"], known["y_bound"], strict=True)
            ]
        title = f"Front: {self.scenario.title}"
        return Manifest(self.name(), title, tuple(jobs), about)

    def name(self) -> str:
        """Return a name for the manifest: the scenario's and a digest of the question."""
        asked = [self.x, self.y, self.points, self.district.digest, self.scenario.resolved]
        digest = hashlib.sha256(json_text(asked).encode()).hexdigest()[:8]
        stem = "scenario" if self.scenario.path is None else self.scenario.path.stem
        return f"pareto-{stem}-{digest}"


def points_table(batch: BatchFolder, question: Question, jobs: Sequence[Job]) -> pd.DataFrame:
    """Return the points of the front that have a plan, with their bounds."""
    rows = []
    for job in jobs:
        run = batch.read(job.digest)
        if run is None or run.plan is None:
            continue
        aims = run.record["objectives"]
        x, y = (aims[0], aims[1]) if job.name == LEAST_X else (aims[1], aims[0])
        rows.append(
            {
                "point": job.name,
                "at_most": _at_most(job, float(x["value"])),
                "x": float(x["value"]),
                "y": float(y["value"]),
                "y_bound": y["bound"],
                "gap": y["gap"],
                "x_unit": x["unit"],
                "y_unit": y["unit"],
                "level": x["level"],
                "status": run.status,
                "job": job.digest,
                "folder": run.folder.relative_to(batch.path).as_posix(),
                "x_bound": x["bound"] if job.name == LEAST_X else None,
            }
        )
    table = pd.DataFrame(rows, columns=[*COLUMNS["front.csv"]])
    numbers = ["y_bound", "gap", "x_bound"]
    table[numbers] = table[numbers].astype(float)
    front = front_of(table[["x", "y"]].to_numpy(float), ["lower", "lower"])
    table["dominated"] = ~front
    spots = table[["x", "y"]].round(9)
    first = table.groupby([spots["x"], spots["y"]])["point"].transform("first")
    return table.assign(same_as=first.where(spots.duplicated(), ""))


def objective_of(aim: Mapping[str, Any]) -> type[Objective]:
    """Return the kind of objective of an aim."""
    return next(kind for kind in OBJECTIVES if kind.name == aim["use"])


def refuse_aim(flag: str, text: str, aim: Mapping[str, Any], groups: Sequence[str]) -> None:
    """Raise where an aim lacks an option, or names a group that the district does not count."""
    options = fields(objective_of(aim))  # type: ignore[arg-type]
    missing = [o.name for o in options if o.default is MISSING and o.name not in aim]
    if missing:
        given = [f"{key}={value}" for key, value in aim.items() if key != "use"]
        free = [name for name in (POOR, *groups) if name not in aim.values()]
        given += [f"{key}={name}" for key, name in zip(missing, free, strict=False)]
        raise ScenarioError(
            f"{flag} {text!r}: {' and '.join(missing)} missing",
            "the aim has no meaning without",
            f"say it with the aim: {flag} '{aim['use']} {' '.join(given)}'",
        )
    for key in ("group", "to", "against"):
        name = aim.get(key)
        if name is not None and name not in (POOR, OTHERS, *groups):
            known = [POOR, *groups]
            raise ScenarioError(
                f"{flag} {text!r}: the district counts no group {name!r}{suggest(name, known)}",
                remedy=f"name one of: {', '.join(known)}",
            )


def _at_most(job: Job, x: float) -> float:
    """Return ε of a point: none for the least y, whatever its x; for the least x its own."""
    if job.name == LEAST_Y:
        return math.nan
    limits = [rule["at_most"] for rule in job.scenario["rule"] if rule["use"] == "limit"]
    return x if job.name == LEAST_X else float(limits[-1])
