"""Neighbourhood schools: the nearest school that serves a grade, or the nearest with room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from geodata.dtypes import Floats, Ints
from geodata.errors import counted, listed
from geodata.grades import GradeSpan
from planner.errors import StructureError, UnservedGradeError
from planner.structures.arrangement import Arrangement
from planner.structures.setting import Setting

if TYPE_CHECKING:
    from geodata import District

__all__ = ["nearest_schools"]

ROUNDS = 4000
STEP_M = 300.0


def nearest_schools(
    district: District,
    setting: Setting,
    spans: Mapping[str, str],
    *,
    within_seats: bool = False,
    ceiling_share: float = 1.0,
) -> Arrangement:
    """Send every block to the nearest school that serves the grade.

    Parameters
    ----------
    district : District
    setting : Setting
    spans : mapping of school to span
        Schools not named stay out.
    within_seats : bool
        Give every school a handicap in metres until all hold their students.  Distances are then
        those along neighbouring blocks, so that every zone is one piece.
    ceiling_share : float [share]

    Raises
    ------
    StructureError
        For unknown schools, buildings not fit for their span, or where handicaps find no room.
    UnservedGradeError
        For grades nobody serves.
    """
    serves = _serves(setting, spans)
    school_of = np.empty((len(setting.residents.block_ids), serves.shape[1]), dtype=np.int32)
    if not within_seats:
        way = np.where(np.isnan(setting.metres), np.inf, setting.metres)
        for g in range(serves.shape[1]):
            reach = np.where(serves[:, g], way, np.inf)
            _refuse_unreached(setting, reach, f"grade {setting.residents.grades[g]}")
            school_of[:, g] = np.argmin(reach, axis=1)
        return _with(setting, school_of)
    kinds, kind_of = np.unique(serves, axis=1, return_inverse=True)
    kind_of = kind_of.reshape(-1)
    for at in _sharing(kinds):
        schools = np.flatnonzero(kinds[:, at].any(axis=1))
        students = np.stack([setting.residents.students[:, kind_of == k].sum(axis=1) for k in at])
        room = ceiling_share * setting.free(ceiling_share).seats[schools]
        zones = _with_room(
            district,
            setting,
            schools=schools,
            serves=kinds[np.ix_(schools, at)].T,
            students=students,
            room=room,
        )
        for zone, k in zip(zones, at, strict=True):
            school_of[:, kind_of == k] = schools[zone].astype(np.int32)[:, None]
    return _with(setting, school_of)


def _sharing(kinds: NDArray[np.bool_]) -> list[NDArray[np.intp]]:
    """Group sets of servers (columns of (m, k)) that share a building: they share its seats."""
    shared = csr_array(kinds.T.astype(int) @ kinds.astype(int))
    count, part = connected_components(shared, directed=False)
    return [np.flatnonzero(part == p) for p in range(count)]


def _serves(setting: Setting, spans: Mapping[str, str]) -> NDArray[np.bool_]:
    """Return which grades each building serves, (m, G)."""
    grades, buildings = setting.residents.grades, setting.buildings
    known = {b.school_id: b for b in buildings.all}
    parsed = {school: GradeSpan.parse(text) for school, text in spans.items()}
    faults = [f"unknown school {school}" for school in sorted(set(parsed) - set(known))]
    faults += [
        f"{school} serves {span} but is fit for {known[school].allowed}"
        for school, span in parsed.items()
        if school in known and not known[school].allowed.contains(span)
    ]
    if faults:
        raise StructureError(
            "; ".join(faults),
            "students cannot go there",
            f"name schools among {', '.join(known)} and spans they are fit for",
        )
    serves = np.array([[s in parsed and parsed[s].contains(g) for g in grades] for s in known])
    lost = [grade for g, grade in enumerate(grades) if not serves[:, g].any()]
    if lost:
        raise UnservedGradeError(
            f"served by nobody: grades {', '.join(lost)}",
            "every student must have exactly one school in every grade",
            "give some school a span with these grades that it is fit for",
        )
    return serves


def _with(setting: Setting, school_of: Ints) -> Arrangement:
    base = setting.base
    return Arrangement(base.block_ids, base.grades, base.school_ids, school_of)


def _with_room(
    district: District,
    setting: Setting,
    *,
    schools: NDArray[np.intp],
    serves: NDArray[np.bool_],
    students: Floats,
    room: Floats,
) -> NDArray[np.intp]:
    """Find handicaps [m] with which every school holds the students nearest to it.

    Parameters
    ----------
    schools : (s,) int
    serves : (k, s) bool
        Which of the schools serve each set of grades.
    students : (k, n) float64 [students]
        Of each set of grades.
    room : (s,) float64 [seats]

    Returns
    -------
    (k, n) int
        Position of each block's school among `schools`, for each set of grades.
    """
    ways = np.where(serves[:, None, :], _ways(district, setting, schools)[None], np.inf)
    for away in ways:
        _refuse_unreached(setting, away, "these grades")
    handicap = np.zeros(len(schools))
    limited = np.where(np.isnan(room), np.inf, room)
    for attempt in range(ROUNDS):
        zone = np.argmin(ways + handicap, axis=2)
        filled = np.bincount(zone.ravel(), weights=students.ravel(), minlength=len(schools))
        if (filled <= limited).all():
            return np.asarray(zone)
        share = np.divide(filled, limited, out=1.0 + (filled > 0), where=limited > 0)
        fuller = np.where(np.isfinite(limited), share - 1.0, 0.0)
        handicap += STEP_M * fuller / (1.0 + attempt / 400)
    names = ", ".join(setting.buildings.all[s].school_id for s in schools)
    raise StructureError(
        f"no handicaps were found with which {names} hold their {students.sum():,.0f} students in "
        f"{np.nansum(room):,.0f} seats",
        "the nearest school with room is not defined then",
        "allow fuller buildings, or start from the nearest school without looking at seats",
    )


def _refuse_unreached(setting: Setting, way: Floats, what: str) -> None:
    """Raise where no way to any school is known; `way` is (n, k), infinite where unknown."""
    lost = np.flatnonzero(~np.isfinite(way).any(axis=1))
    if len(lost):
        raise StructureError(
            f"{counted(len(lost), 'block')} without a known way to a school that serves {what}: "
            f"{listed(np.asarray(setting.residents.block_ids)[lost])}",
            "which school is the nearest is not known",
            "give these schools a place, or these blocks their ways",
        )


def _ways(district: District, setting: Setting, schools: NDArray[np.intp]) -> Floats:
    """Distance along neighbouring blocks from every block to the schools, (n, k) [m]."""
    xy = district.blocks[["x_m", "y_m"]].to_numpy(dtype=np.float64)
    i, j = district.graph.edge_i, district.graph.edge_j
    metres = np.hypot(*(xy[i] - xy[j]).T)
    n = len(xy)
    both = (np.concatenate([metres, metres]), (np.concatenate([i, j]), np.concatenate([j, i])))
    column = setting.buildings.columns[schools]
    stands = pd.Index(list(district.schools["block_id"].iloc[column]))
    home = district.blocks.index.get_indexer(stands)
    lost = [setting.buildings.all[s].school_id for s in schools[home < 0]]
    if lost:
        raise StructureError(
            f"not in any block: {', '.join(lost)}",
            "a zone grows from its school's block",
            "give these schools a place inside the district",
        )
    graph = csr_array(both, shape=(n, n))
    return np.asarray(dijkstra(graph, directed=False, indices=home).T, dtype=np.float64)
