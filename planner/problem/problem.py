"""One level of a district as arrays: what rules, the model and the search see.

Blocks are numbered in the order of their sorted ids, zones in the order of the sorted ids of
their lead schools.  A *zone* is named by its lead school; where several schools share one zone
and divide its grades, the lead is the one with the lowest grades.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geodata.dtypes import Bools, Floats, Ints, Singles
from planner.problem.feeders import OtherLevel
from planner.problem.measures import Lack
from planner.problem.partners import Farthest, Partner


@dataclass(frozen=True, slots=True)
class Problem:
    """Numbers of one level, immutable.

    Parameters
    ----------
    level : str
    block_ids : (n,) str array, sorted
    zone_ids : (m,) str array, sorted
        Id of each zone's lead school.
    students : (n,) float64 [students]
        Students of this level living in each block.
    current : (n,) int32
        Today's zone of each block; -1 where unknown or where today's school takes no zone here
        any more (closed).
    has_current : (n,) bool
        Whether today's school of the block is known (it may be closed by now).
    root : (m,) int32
        Block each zone grows from: the school's own, or the nearest block of its zone where the
        school stands outside its zone.
    fixed_home : (m,) bool
        Whether the root block is held in its zone.
    capacity_seats : (m,) float64 [seats]
        Seats of all schools of the zone that no students of other levels take; NaN unknown.
    today_students : (m,) float64 [students]
        Size of each zone under today's plan; NaN without one.
    metres : (n, m) float32 [m]
        Distance block to school; of a shared zone the mean over its schools by the block's
        students of their grades, where counted.  NaN unknown.
    minutes : (n, m) float32 [min] or None
    edge_i, edge_j : (e,) int32
        Rook borders, i < j, sorted.
    edge_shared_m : (e,) float64 [m]
        Length of each border; 0 for a bridge.
    area_m2, perimeter_m : (n,) float64 [m^2], [m]
        NaN where unknown.
    extra_measures : mapping of name to (n,) float64
        ``poor``, ``group:<name>``, and for each of them ``not:<measure>``, all others; where
        schools share a zone, ``grades:<low>-<high>``, alone and with ``:<measure>`` [students].
    partner_names : tuple of tuple of str
        What people call the schools of each zone, in the order of `partners`; empty: their ids.
    partners : tuple of tuple of Partner
        Schools of each zone, lowest grades first; empty: each lead school alone.
    partner_seats : tuple of tuple of float [seats]
        Seats of each of these schools; NaN where unknown.
    partner_taken : tuple of tuple of float [students]
        Students of other levels in each of these schools.
    partner_today : tuple of tuple of float [students]
        Students of this level in each of these schools today; NaN where unknown or it has none.
    today_partners : mapping of school to tuple of Partner
        Schools of today's shared zones, by the school that leads the zone.
    today_school : (n,) str array or None
        Id of the school that leads today's zone of each block, also where it is closed by now;
        "" where unknown.
    today_metres, today_minutes : (n,) float32 or None
        Distance and time to today's school, where it stands today; NaN unknown.
    farthest : Farthest or None
        Where schools share zones, today or from now on.
    partly_moved : (n, m) float64 [students] or None
        Students of each block who change school under each zone; None where all or none do.
    today_root : (m,) int32 or None
        Block each zone grows from where its school stands today; None: the same as `root`.
        A zone that does not exist today has its `root` here.
    start_zone : (n,) int32 or None
        Zone of each block in the plan the scenario starts from, -1 where that gives it none; None
        without such a plan of this level.
    forecasts : mapping of year to Problem
        The same level with the students expected in later years, where rules or aims count them.
    other_levels : tuple of OtherLevel
        Levels that feed this one, from the nearest, then those it feeds.
    attributes : mapping of name to (n,) str array
        Columns of the blocks that may be kept together, such as neighbourhoods.
    unavailable : mapping of measure name to Lack
        Measures the district cannot give, and why, in words.
    warnings : tuple of str
        What a planner should know about how this problem was built.
    """

    level: str
    block_ids: NDArray[np.str_]
    zone_ids: NDArray[np.str_]
    students: Floats
    current: Ints
    has_current: Bools
    root: Ints
    fixed_home: Bools
    capacity_seats: Floats
    today_students: Floats
    metres: Singles
    minutes: Singles | None
    edge_i: Ints
    edge_j: Ints
    edge_shared_m: Floats
    area_m2: Floats
    perimeter_m: Floats
    extra_measures: Mapping[str, Floats] = field(default_factory=dict)
    partner_names: tuple[tuple[str, ...], ...] = ()
    partners: tuple[tuple[Partner, ...], ...] = ()
    partner_seats: tuple[tuple[float, ...], ...] = ()
    partner_taken: tuple[tuple[float, ...], ...] = ()
    partner_today: tuple[tuple[float, ...], ...] = ()
    today_partners: Mapping[str, tuple[Partner, ...]] = field(default_factory=dict)
    today_school: NDArray[np.str_] | None = None
    today_metres: Singles | None = None
    today_minutes: Singles | None = None
    farthest: Farthest | None = None
    partly_moved: Floats | None = None
    today_root: Ints | None = None
    start_zone: Ints | None = None
    forecasts: Mapping[int, Problem] = field(default_factory=dict)
    other_levels: tuple[OtherLevel, ...] = ()
    attributes: Mapping[str, NDArray[np.str_]] = field(default_factory=dict)
    unavailable: Mapping[str, Lack] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def n_blocks(self) -> int:
        """Number of blocks."""
        return len(self.block_ids)

    @property
    def n_zones(self) -> int:
        """Number of zones."""
        return len(self.zone_ids)

    def measure(self, name: str) -> Floats:
        """Return a measure by name, (n,); ``2031/students`` is one of the forecast of 2031.

        Raises
        ------
        KeyError
            Where the district has no such count.
        """
        if name == "students":
            return self.students
        year, _, expected = name.partition("/")
        if year.isdigit():
            return self.forecasts[int(year)].measure(expected)
        return self.extra_measures[name]

    def has_measure(self, name: str) -> bool:
        """Tell whether the district has this count."""
        return name == "students" or name in self.extra_measures

    def partners_of_zones(self) -> tuple[tuple[Partner, ...], ...]:
        """Return the schools of each zone, lowest grades first."""
        return self.partners or tuple((Partner(str(zone)),) for zone in self.zone_ids)

    def seats_and_taken(self, zone: int, measure: str) -> tuple[float, float]:
        """Return the seats of whom a count is about, and their students of other levels."""
        if not self.partner_seats:
            return float(self.capacity_seats[zone]), 0.0
        group, seats = self.partners[zone], self.partner_seats[zone]
        taken = self.partner_taken[zone] if self.partner_taken else (0.0,) * len(group)
        at = [k for k, partner in enumerate(group) if measure in ("students", partner.measure)]
        return sum(seats[k] for k in at), sum(taken[k] for k in at)

    def size_today(self, zone: int, measure: str) -> float:
        """Return today's students of whom a count is about; NaN where unknown [students]."""
        if measure == "students":
            return float(self.today_students[zone])
        pairs = zip(self.partners[zone], self.partner_today[zone], strict=True)
        return next(size for partner, size in pairs if partner.measure == measure)

    def students_moved(self) -> Floats:
        """Return the students of each block who change school under each zone, (n, m)."""
        if self.partly_moved is not None:
            return self.partly_moved
        away = self.current[:, None] != np.arange(self.n_zones)
        return np.asarray(self.students[:, None] * (away & self.has_current[:, None]))

    def students_moved_by(self, zone_of: Ints) -> Floats:
        """Return the students of each block who change school under a plan, (n,)."""
        moved: Floats = self.students * (self.has_current & (zone_of != self.current))
        if self.partly_moved is None:
            return moved
        chosen = self.partly_moved[np.arange(self.n_blocks), zone_of]
        return np.where(zone_of < 0, moved, chosen)

    def todays_schools(self) -> Ints:
        """Return a number for today's school of each block, closed ones too; -1 unknown, (n,).

        These are no zones of this problem: blocks have the same number where they have the same
        school today.
        """
        if self.today_school is None:
            return self.current
        number = np.unique(self.today_school, return_inverse=True)[1].reshape(-1)
        return np.where(self.today_school == "", -1, number).astype(np.int32)

    def todays_partners(self) -> tuple[tuple[Partner, ...], ...]:
        """Return the schools of each zone that `todays_schools` numbers."""
        if self.today_school is None:
            return self.partners_of_zones()
        leads = np.unique(self.today_school).tolist()
        return tuple(self.today_partners.get(lead, (Partner(lead),)) for lead in leads)

    def zones_of_schools(self) -> Counter[str]:
        """Return how many zones each school leads or shares."""
        return Counter(p.school_id for group in self.partners_of_zones() for p in group)

    def zone_of_school(self) -> dict[str, int]:
        """Return the zone each school leads, or shares where it shares exactly one."""
        zones: dict[str, list[int]] = {}
        for z, partners in enumerate(self.partners_of_zones()):
            for partner in partners:
                zones.setdefault(partner.school_id, []).append(z)
        shared = {school: zs[0] for school, zs in zones.items() if len(zs) == 1}
        return shared | {str(zone): z for z, zone in enumerate(self.zone_ids)}

    def zone_name(self, zone: int) -> str:
        """Return what people call a zone: the names of its schools."""
        if not self.partner_names:
            return str(self.zone_ids[zone])
        return " + ".join(self.partner_names[zone])

    def adjacency(self) -> csr_array:
        """Return the symmetric contiguity matrix, (n, n), 1 at rook neighbours."""
        i = np.concatenate([self.edge_i, self.edge_j])
        j = np.concatenate([self.edge_j, self.edge_i])
        return csr_array((np.ones(len(i)), (i, j)), shape=(self.n_blocks, self.n_blocks))

    def pieces(self, zone_of: Ints, root: Ints | None = None) -> tuple[Ints, Bools]:
        """Split every zone into connected pieces.

        Parameters
        ----------
        zone_of : (n,) int32
            Zone of each block, -1 for none.
        root : (m,) int32, optional
            Block each zone grows from; the problem's own by default.

        Returns
        -------
        piece : (n,) int32
            Number of the piece each block belongs to.
        rooted : (n,) bool
            Whether that piece holds the zone's root block.  Blocks without a zone (-1) are never
            rooted.
        """
        same = zone_of[self.edge_i] == zone_of[self.edge_j]
        i, j = self.edge_i[same], self.edge_j[same]
        graph = csr_array((np.ones(len(i)), (i, j)), shape=(self.n_blocks, self.n_blocks))
        count, piece = connected_components(graph, directed=False)
        has_root = np.zeros(count, dtype=bool)
        root = self.root if root is None else root
        owned = zone_of[root] == np.arange(self.n_zones)
        has_root[piece[root[owned]]] = True
        return piece.astype(np.int32), has_root[piece] & (zone_of >= 0)

    def todays_islands(self) -> Ints:
        """Return the number of today's island each block is in.

        Returns
        -------
        (n,) int32
            Island number of each block, -1 for blocks that are not in an island.  An island is a
            piece of a zone of today without the zone's root.
        """
        piece, rooted = self.pieces(self.current, self.today_root)
        stray = ~rooted & (self.current >= 0)
        island = np.full(self.n_blocks, -1, dtype=np.int32)
        numbers = np.unique(piece[stray])
        island[stray] = np.searchsorted(numbers, piece[stray])
        return island
