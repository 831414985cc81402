"""Everything a packet is made from: one district, its plan of today, one or more options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata import District, Landmarks, read_landmarks
from planner.errors import RunError
from planner.hearing.buildings import (
    all_schools,
    grade_spans,
    open_ones,
    placed,
    schools_of_other_levels,
    supply_after,
)
from planner.hearing.imprint import Imprint, imprint_of, letters_of, titles_of
from planner.hearing.lookup import Lookup, make_lookup
from planner.hearing.scene import Scene, build_scene
from planner.layers import served_by
from planner.plan import Plan
from planner.problem.events import Supply
from planner.runs import Run, read_run
from planner.runs.drawn import is_drawn
from planner.runs.inputs import district_of

__all__ = ["Option", "Packet", "open_packet"]


@dataclass(frozen=True, eq=False)
class Option:
    """One run as the public sees it.

    Parameters
    ----------
    letter : str
        A, B, C …
    run : Run
    imprint : Imprint
    """

    letter: str
    run: Run
    imprint: Imprint

    @property
    def plan(self) -> Plan:
        """The option's plan."""
        if self.run.plan is None:
            raise RunError(f"{self.run.folder} holds no plan")
        return self.run.plan

    @property
    def is_drawn(self) -> bool:
        """Whether the plan was drawn elsewhere: nobody here has searched for it."""
        return is_drawn(self.run.record)

    @cached_property
    def metrics(self) -> pd.DataFrame:
        """Rows of metrics.csv, index (metric, scope, id, group)."""
        table = self.run.metrics.set_index(["metric", "scope", "id", "group"])
        return table[~table.index.duplicated()].sort_index()


@dataclass(frozen=True, eq=False)
class Packet:
    """A district, its plan of today and the options.

    Parameters
    ----------
    district : District
    options : tuple of Option
    day : date
        When the packet is made.
    state : {"draft", "adopted"}
    """

    district: District
    options: tuple[Option, ...]
    day: date
    state: str = "draft"

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """Levels some option decides about, in the order of their grades."""
        shown = {level for option in self.options for level in option.plan.levels}
        order = [level for level in self.district.levels if level in shown]
        return tuple(order)

    @cached_property
    def today(self) -> Mapping[str, pd.Series[str]]:
        """Who serves each block today, by level; empty where not known."""
        plan = Plan.today(self.district)
        return {level: self._owners(plan, level) for level in self.levels}

    @cached_property
    def proposed(self) -> Mapping[tuple[str, str], pd.Series[str]]:
        """Who would serve each block, by option letter and level."""
        return {
            (option.letter, level): self._owners(option.plan, level)
            for option in self.options
            for level in option.plan.levels
        }

    @cached_property
    def supplies(self) -> Mapping[str, Supply]:
        """Schools and ways under each option, by letter, after its events."""
        return {o.letter: supply_after(self.district, o.run.record) for o in self.options}

    @cached_property
    def schools(self) -> pd.DataFrame:
        """Schools of today and those some option opens, index school_id."""
        return all_schools(self.district, self.supplies.values())

    @cached_property
    def landmarks(self) -> Landmarks:
        """Streets, water and addresses, where the district gives any."""
        return read_landmarks(self.options[0].run.input_path("district"), self.district.crs)

    @cached_property
    def lookup(self) -> Lookup:
        """Which blocks each street and address belongs to; empty without geometry."""
        if self.district.geometry is None:
            return Lookup(self.landmarks.lines)
        return make_lookup(self.landmarks, self.drawing)

    @cached_property
    def drawing(self) -> gpd.GeoSeries:
        """The cleaned copy of the blocks' outlines that maps are drawn from."""
        return self.district.drawing()[0]

    @cached_property
    def scenes(self) -> Mapping[str, Scene]:
        """What the maps of each level share; empty without geometry."""
        if self.district.geometry is None:
            return {}
        blocks, streets = self.drawing, self.landmarks.lines
        graph = self.district.graph
        edges = np.stack([graph.edge_i, graph.edge_j], axis=1)
        return {
            level: build_scene(
                level, blocks, self.schools, edges, self.owners(level), streets=streets
            )
            for level in self.levels
        }

    def scene_of(self, level: str, letter: str = "") -> Scene:
        """Return the scene of one plan: its schools, and who takes which grades of a zone."""
        scene = self.scenes[level]
        today, after = self.spans["", level], self.spans[letter, level]
        regrades = any(today[owner] != after[owner] for owner in today.keys() & after.keys())
        schools = placed(scene.schools, self.supplies[letter]) if letter else scene.schools
        schools = schools[[not self.lacks(level, letter, str(school)) for school in schools.index]]
        return replace(scene, schools=schools, spans={**today, **after}, regrades=regrades)

    @cached_property
    def spans(self) -> Mapping[tuple[str, str], Mapping[str, tuple[str, ...]]]:
        """Grades of the schools of each shared zone, by option letter ("" today) and level."""
        plans = {"": Plan.today(self.district)} | {o.letter: o.plan for o in self.options}
        return grade_spans(plans, self.levels)

    @property
    def adopted(self) -> str:
        """Letter of the option the board has adopted; empty in a draft."""
        return next((o.letter for o in self.options if o.imprint.state == "adopted"), "")

    @property
    def today_imprint(self) -> Imprint:
        """What stands on the maps of today."""
        first = self.options[0].imprint
        state = "draft" if self.state == "draft" else "today"  # it is not what was adopted
        return Imprint(
            first.district, "", "", state, self.day, "", "", source=first.source,
            proxy=first.proxy,
        )  # fmt: skip

    def owners(self, level: str) -> list[pd.Series[str]]:
        """Return who serves each block in today's plan and in every option for the level."""
        plans = [self.proposed[o.letter, level] for o in self.options if level in o.plan.levels]
        return [self.today[level], *plans]

    def serves(self, level: str, letter: str, unit: str) -> bool:
        """Tell whether a school (or one of several) has a zone today ("") or under an option."""
        view = self.proposed[letter, level] if letter else self.today[level]
        serving = {school for owner in view.unique() for school in str(owner).split("+")}
        return not serving.isdisjoint(unit.split("+"))

    def is_closed(self, letter: str, unit: str) -> bool:
        """Tell whether an option closes a school."""
        found = open_ones(self.supplies[letter].schools, unit)
        return bool(found) and not any(found)

    def lacks(self, level: str, letter: str, unit: str) -> bool:
        """Tell whether a plan knows no such school: only another option opens it."""
        there = {"": self.district.schools} | {a: s.schools for a, s in self.supplies.items()}
        return not any(
            self.serves(level, at, unit) or any(open_ones(there[at], unit)) for at in {"", letter}
        )

    def teaches_more(self, level: str, unit: str) -> bool:
        """Tell whether a school has a zone of another level too, today or under an option."""
        return not self._elsewhere[level].isdisjoint(unit.split("+"))

    @cached_property
    def _elsewhere(self) -> Mapping[str, frozenset[str]]:
        plans = [Plan.today(self.district), *(option.plan for option in self.options)]
        return schools_of_other_levels(plans, self.levels)

    def unit_name(self, unit: str) -> str:
        """Name a school, or schools that are counted together ("A+B")."""
        names = self.schools["name"]
        return " + ".join(str(names.get(school, school)) for school in unit.split("+"))

    def _owners(self, plan: Plan, level: str) -> pd.Series[str]:
        blocks = self.district.blocks.index
        if level not in plan.levels:
            return pd.Series("", index=blocks)
        return served_by(plan, level).reindex(blocks).fillna("")


def open_packet(
    runs: Sequence[Run | Path | str],
    *,
    day: date | None = None,
    adopted: str = "",
    public: bool = False,
) -> Packet:
    """Read runs and the district they are about.

    Parameters
    ----------
    runs : sequence of Run or Path
        In the order of their letters.
    day : date, optional
        Today without it.
    adopted : str
        Letter of the option the board has adopted; the packet is a draft without it.
    public : bool
        Leave the proven limits out of what stands on the maps.

    Raises
    ------
    RunError
        Telling every run that is damaged, has no plan, or is about another district.
    """
    read, faults = [], []
    for run in runs:
        try:
            read.append(run if isinstance(run, Run) else read_run(Path(run)))
        except RunError as error:
            faults.append(str(error))
    faults += [
        f"{run.folder} holds no plan (status {run.status}), so there is nothing to show"
        for run in read
        if run.plan is None
    ]
    if faults or not read:
        raise RunError(
            "\n".join(faults) or "no run was given",
            "nothing was written",
            "give folders that 'planner solve' or 'planner evaluate' wrote whole",
        )
    district = _one_district(read)
    day = day or date.today()
    letters = letters_of(len(read))
    state = "adopted" if adopted else "draft"
    if adopted and adopted not in letters:
        raise RunError(f"there is no option {adopted}; the options are {', '.join(letters)}")
    stamp = partial(imprint_of, district, day=day, adopted=adopted, public=public)
    options = tuple(
        Option(a, run, stamp(run, a, title=title))
        for a, run, title in zip(letters, read, titles_of(read), strict=True)
    )
    return Packet(district, options, day, state)


def _one_district(runs: Sequence[Run]) -> District:
    """Load the district all runs are about."""
    digests = {run.record.get("district", {}).get("digest", "") for run in runs}
    if len(digests) > 1:
        names = ", ".join(str(run.folder) for run in runs)
        raise RunError(
            f"these runs are not about the same district data: {names}",
            "options can be compared only on the same blocks, students and zones of today",
            "solve or evaluate all of them with one district file",
        )
    return district_of(runs[0])
