"""Proven bounds of a front: a staircase, and for which plans it holds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from planner.batch.folder import Manifest
from planner.batch.tables import BatchTables
from planner.batch.view import Part

__all__ = ["bound_of", "bound_parts", "staircase"]


def staircase(points: Sequence[Mapping[str, Any]]) -> list[dict[str, float | None]]:
    """Return the steps that the bounds of a front's points add up to.

    Parameters
    ----------
    points : sequence of mapping
        `a`: the most that x may be, None for any x; `b`: no such plan has a lower y.

    Returns
    -------
    list of dict
        `a`, increasing, None last; `b`, falling: the bound for every x above the `a` before and
        up to this one.  A bound for a wider x holds for a narrower one too.
    """
    known = sorted(
        (math.inf if point["a"] is None else float(point["a"]), float(point["b"]))
        for point in points
    )
    steps: list[dict[str, float | None]] = []
    best = -math.inf
    for a, b in reversed(known):
        if b > best:
            best = b
            steps.insert(0, {"a": None if math.isinf(a) else a, "b": b})
    return steps


def bound_of(manifest: Manifest, tables: BatchTables) -> dict[str, Any] | None:
    """Return the bounds of a front with its axes, district and plans; None where it has none."""
    about = manifest.about
    if not about.get("bounds") or not manifest.jobs:
        return None
    return {
        "title": manifest.title,
        "x": about["x"],
        "y": about["y"],
        "district": tables.places[manifest.jobs[0].digest],
        "jobs": [job.digest for job in manifest.jobs],
        "steps": staircase(about["bounds"]),
    }


def bound_parts(manifests: Sequence[Manifest]) -> Iterator[Part]:
    """Yield the bounds of each front as a table, for those who do not see the line."""
    for manifest in manifests:
        about = manifest.about
        if not about.get("bounds"):
            continue
        x, y = (_words(about, axis) for axis in "xy")
        steps = staircase(about["bounds"])
        rows = tuple(("any" if step["a"] is None else step["a"], step["b"]) for step in steps)
        yield Part(
            f"Proven bounds: {manifest.title}",
            (
                f"Whatever plan keeps the rules of this front: as long as {x} is at most the first "
                f"number, {y} is not below the second. It says nothing of plans with other rules.",
                _least(x, about.get("x_bound")),
            ),
            "What no plan can beat",
            (f"{x} at most", f"{y} not below"),
            rows,
        )


def _least(x: str, bound: float | None) -> str:
    """Say how low x can be at all."""
    if bound is None:
        return f"How low {x} can be at all is not proven."
    return f"No plan that keeps them has {x} below {bound:,.5g}, whatever the other comes to."


def _words(about: Mapping[str, Any], axis: str) -> str:
    """Return what an axis of a front is called, with its unit."""
    _, _, name = str(about[axis]).rpartition("aim/")
    unit = about.get(f"{axis}_unit")
    return name.split("/")[0].replace("_", " ") + (f" [{unit}]" if unit else "")
