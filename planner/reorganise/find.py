"""Working out one option: its arrangement of schools and grades, and what is proven about it."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geodata.dtypes import Ints
from planner.errors import EmptyGroupError, StructureError
from planner.reorganise.band_alternatives import count_alternatives
from planner.reorganise.band_shape import Connected
from planner.reorganise.bands import BandRules, find_bands
from planner.reorganise.file import read_rows, served_rows
from planner.reorganise.options import (
    Bands,
    BandsRedrawn,
    Clusters,
    Given,
    Nearest,
    Option,
    Redrawn,
    TodayOption,
)
from planner.reorganise.partition import Limits, best_clusters
from planner.reorganise.redrawn import redraw
from planner.reorganise.study import Result, Study
from planner.structures.arrangement import Arrangement
from planner.structures.buildings import Buildings
from planner.structures.coarse import cut_into_parts
from planner.structures.nearest import nearest_schools
from planner.structures.table import EVERYWHERE, Structure
from planner.structures.zones import ZoneUnits

__all__ = ["find"]

_REDRAWN = (
    "bands and zones in one program over {count} parts of zones, each area one piece "
    "(some connected areas are left out): {found}"
)


def find(option: Option, study: Study, earlier: dict[str, Result]) -> Result:
    """Work out one option.

    Parameters
    ----------
    option : Option
    study : Study
    earlier : dict of name to Result
        Options before it, which it may start from.

    Raises
    ------
    PlannerError
        Where the option cannot be meant, or has no plan.
    """
    begin = time.monotonic()
    named = getattr(option, "base", "")
    if named and named not in earlier:
        raise StructureError(
            f"option {option.name!r} starts from {named!r}, which was not worked out",
            "its zones are not known",
            f"mend {named!r}, or start from another option",
        )
    base = earlier[named].arrangement if named else study.setting.base
    if isinstance(option, Clusters | Bands | BandsRedrawn | Nearest):
        study.setting.residents.require_counts(study.measures if option.kind != "nearest" else ())
    match option:
        case TodayOption():
            result = Result(option.name, option.kind, base, sentence="as it is")
        case Given():
            result = _given(option, study, base)
        case Nearest():
            result = _nearest(option, study)
        case Redrawn():
            result = redraw(option, study, base)
        case Clusters():
            result = _clusters(option, study, base)
        case Bands():
            result = _bands(option, study, base)
        case BandsRedrawn():
            result = _bands_redrawn(option, study, base)
    result.arrangement.require_served(study.setting.residents.students)
    return replace(result, seconds=time.monotonic() - begin)


def _given(option: Given, study: Study, base: Arrangement) -> Result:
    residents, buildings = study.setting.residents, study.setting.buildings
    if option.spans:
        structure = Structure.grade_centers(option.spans, option.name)
    elif option.file:
        structure = Structure(read_rows(study.file.path(option.file)), option.name)
    else:
        rows = served_rows([dict(row) for row in option.rows], option.name)
        structure = Structure(rows, option.name)
    names: tuple[str, ...] = (EVERYWHERE,)
    zone_of = np.zeros(len(residents.block_ids), dtype=np.int32)
    if any(row.zone != EVERYWHERE for row in structure.rows):
        units = study.units(base)
        names, zone_of = units.names, units.zone_of
        structure = structure.over(base, zone_of, names)
    arrangement = structure.arrange(
        block_ids=residents.block_ids,
        grades=residents.grades,
        zone_of=zone_of,
        zones=names,
        buildings=buildings,
    )
    return Result(option.name, option.kind, arrangement, sentence="spans as stated")


def _nearest(option: Nearest, study: Study) -> Result:
    arrangement = nearest_schools(
        study.district,
        study.setting,
        option.spans,
        within_seats=option.within_seats,
        ceiling_share=study.file.ceiling_share,
    )
    how = "nearest school with room" if option.within_seats else "nearest school, seats ignored"
    return Result(option.name, option.kind, arrangement, sentence=how)


def _clusters(option: Clusters, study: Study, base: Arrangement) -> Result:
    levels = option.levels or tuple(dict.fromkeys(study.setting.residents.level_of.values()))
    parts, statuses = [], []
    for level in levels:
        try:
            narrow = study.of_levels((level,))
        except EmptyGroupError as error:
            parts.append(f"{level}: left as it is, {error.what}")
            continue
        units = narrow.units(base)
        if len(units) < 2 or len(units.grades) < 2:
            parts.append(f"{level}: nothing to join")
            continue
        limits = Limits(
            largest=option.largest,
            ceiling_share=study.file.ceiling_share,
            mean_travel_m=None if option.mean_travel_km is None else 1000.0 * option.mean_travel_km,
            moved=option.moved,
            clusters=option.clusters,
            keep_within=option.keep_within_share,
            time_limit_s=option.time_limit_s,
            seed=study.file.seed,
        )
        found = best_clusters(units, narrow.aim, _beside(study, narrow, base), limits)
        base = study.merge(base, units.arrangement(found.table, narrow.part(base)))
        statuses.append(found.status)
        joined = "; ".join(" + ".join(units.names[z] for z in way.zones) for way in found.ways)
        parts.append(f"{level}: {found.sentence} ({joined or 'no cluster gains anything'})")
    status = _worst(statuses)
    if study.aim.name == "parity_gap" and status == "PROVEN_OPTIMAL" and len(levels) > 1:
        status = "FEASIBLE"
        parts.append("each level's own gap is the least; levels that offset each other may do more")
    return Result(option.name, option.kind, base, status, ". ".join(parts))


def _bands(option: Bands, study: Study, base: Arrangement) -> Result:
    narrow = study.of_levels(option.levels)
    residents, buildings = narrow.setting.residents, _beside(study, narrow, base)
    units = (
        ZoneUnits.whole(study.district, residents, buildings, ageing=study.setting.ageing)
        if option.one_building_a_grade
        else narrow.units(base)
    )
    if option.one_building_a_grade:
        stays = narrow.part(base).tally(residents.students).T[None]
        units = replace(units, stays=stays)
    in_play = np.asarray(narrow.part(base).serves().any(axis=1) | (not option.levels))
    every = len(buildings.all)
    nearest = every if option.one_building_a_grade else option.nearest or every
    rules = BandRules(
        objectives=option.objectives,
        one_building_a_grade=option.one_building_a_grade,
        keep_spans=option.keep_spans,
        use_all=option.use_all,
        ceiling_share=study.file.ceiling_share,
        most_transitions=option.most_transitions,
        reach=in_play
        & _reach(
            units, nearest, (units.base,), in_play[:, None] & buildings.may_serve(units.grades)
        ),
        keep_within=option.keep_within_share,
        time_limit_s=option.time_limit_s,
        seed=study.file.seed,
    )
    found = find_bands(units, buildings, rules, aim=narrow.aim)
    others = count_alternatives(
        found, units, buildings, rules, aim=narrow.aim, most=option.alternatives
    )
    part = units.arrangement(found.table, narrow.part(base))
    sentence = found.sentence + others
    return Result(option.name, option.kind, study.merge(base, part), found.status, sentence)


def _bands_redrawn(option: BandsRedrawn, study: Study, base: Arrangement) -> Result:
    narrow = study.of_levels((option.level,))
    residents, buildings = narrow.setting.residents, study.setting.buildings
    inner = narrow.part(base)
    used = np.unique(inner.school_of[inner.school_of >= 0])
    own = _beside(study, narrow, base).subset(buildings.ids[used])
    local = _numbered(inner, used, own)
    parts = cut_into_parts(
        study.district, local, residents.students.sum(axis=1), own, parts=option.parts
    )
    first = np.array(
        [np.flatnonzero(parts.part_of == k)[0] for k in range(parts.count)], dtype=np.intp
    )
    today = local.school_of[first]
    units = ZoneUnits.grouped(
        study.district, residents, own, names=[f"part {k}" for k in range(parts.count)],
        zone_of=parts.part_of, table=today, measures=narrow.measures, ageing=study.setting.ageing,
    )  # fmt: skip
    start = Connected.around(parts, today).mend(today)
    reach = _reach(units, option.nearest, (today, start), own.may_serve(units.grades))
    reach[parts.root, np.arange(len(own.all))] = True
    rules = BandRules(
        objectives=option.objectives,
        ceiling_share=study.file.ceiling_share,
        cuts=option.cuts,
        connected=Connected.around(parts, start),
        reach=reach,
        keep_within=option.keep_within_share,
        time_limit_s=option.time_limit_s,
        seed=study.file.seed,
    )
    found = find_bands(units, own, rules, aim=narrow.aim, start=start)
    with_nobody = np.vstack([found.table, np.full((1, len(residents.grades)), -1, dtype=np.int32)])
    school_of = np.where(with_nobody[parts.part_of] >= 0, used[with_nobody[parts.part_of]], -1)
    part = replace(inner, school_of=school_of.astype(np.int32))
    note = _REDRAWN.format(count=parts.count, found=found.sentence)
    status = "HEURISTIC" if found.status == "HEURISTIC" else "FEASIBLE"
    return Result(option.name, option.kind, study.merge(base, part), status, note)


def _numbered(inner: Arrangement, used: Ints, own: Buildings) -> Arrangement:
    """Return an arrangement that numbers schools by their place among those it uses."""
    served = inner.school_of >= 0
    place = np.searchsorted(used, inner.school_of)
    return replace(
        inner, school_ids=own.ids, school_of=np.where(served, place, -1).astype(np.int32)
    )


def _beside(study: Study, narrow: Study, base: Arrangement) -> Buildings:
    """Return the buildings with the seats that students of the other grades leave free.

    In the year in which those students are most.  They go on teaching these grades.
    """
    inside = set(narrow.setting.residents.grades)
    other = [grade for grade in study.setting.residents.grades if grade not in inside]
    if not other:
        return study.setting.free(study.file.ceiling_share)
    rest = replace(study, setting=study.setting.of_grades(other))
    years = rest.setting.residents.cohorts(study.setting.ageing)
    there = rest.part(base)
    taken = np.stack([there.tally(year).sum(axis=1) for year in years])
    if study.setting.others is not None:
        taken += study.setting.others
    buildings = study.setting.buildings.teaching(there.grades, there.serves())
    return buildings.less(taken.max(axis=0), study.file.ceiling_share)


def _reach(
    units: ZoneUnits, nearest: int, tables: tuple[Ints, ...], may: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Let each zone or part choose among the nearest buildings, and those of some tables.

    The nearest are counted grade by grade, among the buildings that `may` serve it, (m, G).
    """
    way = np.nan_to_num(units.student_m.sum(axis=1), nan=np.inf)
    reach = np.zeros(way.shape, dtype=bool)
    for fit in may.T:
        order = np.argsort(np.where(fit, way, np.inf), axis=1, kind="stable")
        np.put_along_axis(reach, order[:, : min(nearest, int(fit.sum()))], True, axis=1)
    for table in tables:
        row, grade = np.nonzero(table >= 0)
        reach[row, table[row, grade]] = True
    return reach


def _worst(statuses: list[str]) -> str:
    order = ("PROVEN_OPTIMAL", "FEASIBLE", "HEURISTIC")
    return max(statuses, key=order.index, default="GIVEN")
