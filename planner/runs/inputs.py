"""The district and the scenario a run is about, as they were then."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geodata import District, load_district
from planner.errors import RunError
from planner.problem.events import Event
from planner.runs.reader import Run
from planner.runs.record import digest_at
from planner.scenario import Scenario, parse_scenario

__all__ = ["district_of", "events_of", "scenario_of"]


def district_of(run: Run) -> District:
    """Load the district of a run.

    Raises
    ------
    RunError
        Where its files are no longer there, or not what they were; it names those that changed.
    DataError
        Where they cannot be read any more.
    """
    place = run.input_path("district")
    district = load_district(place)
    then = run.record.get("district", {}).get("digest", "")
    if then in ("", district.digest()):
        return district
    inputs = run.record.get("inputs", {}).items()
    changed = [name for name, digest in inputs if digest_at(_beside(run, place, name)) != digest]
    raise RunError(
        f"{run.folder}: the district's files have changed since this run "
        f"({', '.join(changed) or 'other readers'})",
        "its plan and its numbers are about the district as it was",
        "put the old files back, or solve again",
    )


def scenario_of(run: Run) -> Scenario:
    """Return the scenario of a run, with the plan it starts from where that is now.

    Raises
    ------
    RunError
        Where that plan's file is no longer there, or not what it was.
    """
    said = dict(run.scenario)
    if "start" in said:
        place = run.input_path("start")
        then = run.record["inputs"].get(run.record["paths"]["start"]["relative"])
        if digest_at(place) != then:
            raise RunError(
                f"{run.folder}: the plan it starts from has changed since this run ({place})",
                "its numbers are about changes from that plan as it was",
                "put the old file back, or solve again",
            )
        said["start"] = str(place)
    return parse_scenario(said)


def events_of(record: Mapping[str, Any]) -> tuple[Event, ...]:
    """Return what happens to schools before the zones of a run are drawn.

    Parameters
    ----------
    record : mapping
        As in run.json; a plan that was only scored was asked for nothing.
    """
    asked = record.get("scenario") or {}
    return parse_scenario(asked).events if asked.get("event") else ()


def _beside(run: Run, place: Path, name: str) -> Path:
    """Return where an input is now: where it was, seen from the district file.

    Inputs are recorded as seen from the run folder, which may have been moved without them.
    """
    then = Path(run.record["paths"]["district"]["relative"]).parent
    return Path(name) if Path(name).is_absolute() else place.parent / os.path.relpath(name, then)
