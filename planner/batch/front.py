"""What a front is asked, and what comes of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from planner.batch.expand import KnownDistrict
from planner.batch.job import Job, job_digest
from planner.batch.sweep import Outcome
from planner.runs.record import json_text
from planner.scenario import Scenario, parse_scenario

__all__ = ["Front", "Question"]


@dataclass(frozen=True, slots=True)
class Front:
    """A traced front.

    Parameters
    ----------
    outcome : Outcome
    points : DataFrame
        `point`, `at_most` (ε, in x's unit), `x`, `y`, `y_bound` (no plan with x at most ε is
        lower), `gap` [share], `x_unit`, `y_unit`, `dominated`, `status`, `job`, `folder`.
    file : Path
        front.csv.
    """

    outcome: Outcome
    points: pd.DataFrame
    file: Path


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

    def name(self) -> str:
        """Return a name for the manifest: the scenario's and a digest of the question."""
        asked = [self.x, self.y, self.points, self.district.digest, self.scenario.resolved]
        digest = hashlib.sha256(json_text(asked).encode()).hexdigest()[:8]
        stem = "scenario" if self.scenario.path is None else self.scenario.path.stem
        return f"pareto-{stem}-{digest}"
