"""What a plan asks of families: moves, feeders, changes of building, siblings apart."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from geodata.dtypes import Floats, Ints
from geodata.grades import GRADES
from geodata.reserved import ALL, POOR
from planner.evaluation.rows import Row, Rows
from planner.evaluation.scene import Scene
from planner.metrics import feeders, moved, siblings, transitions
from planner.problem.feeders import leavers

__all__ = ["families"]

NAN = float("nan")
GAPS = (1, 2, 3, 4)


def families(scene: Scene) -> Rows:
    """Yield moves by level, school and group, feeder patterns and the way through the grades."""
    yield from _moves(scene)
    yield from _feeders(scene)
    yield from _paths(scene)


def _moves(scene: Scene) -> Rows:
    """Yield who changes school, by level and group, and for the district."""
    sums: dict[str, list[tuple[float, float]]] = {}
    forced: list[float] = []
    must: list[float] = []
    for level in scene.levels:
        if level not in scene.today:
            scene.notes.add(f"{level}: today's plan is not known, so moves are unknown.")
            continue
        travellers = scene.travellers[level]
        moves = moved.moves(travellers.today, travellers.school)
        for name in (ALL, *scene.groups, POOR):
            group = None if name in (ALL, POOR) else name
            students = scene.members(level, group, poor=name == POOR)
            if students is None:
                continue
            count = moved.students_moved(moves, students)
            sums.setdefault(name, []).append((count, float(students.sum())))
            scope = "level" if name == ALL else "group"
            yield Row("students_moved", scope, level, name, count)
            yield Row("share_moved", scope, level, name, moved.share_moved(moves, students))
        who = travellers.today, travellers.school, travellers.students
        must.append(moved.students_must_move(*who))
        forced.append(_forced(scene, level))
        yield Row("students_must_move", "level", level, ALL, must[-1])
        yield Row("students_moved_forced", "level", level, ALL, forced[-1])
        yield Row("blocks_moved", "level", level, ALL, moved.blocks_moved(moves))
    if not set(scene.levels) <= set(scene.today):
        return  # the district's sums would leave out the levels that are not known
    for name, parts in sums.items():
        count, size = (float(sum(column)) for column in zip(*parts, strict=True))
        scope = "district" if name == ALL else "group"
        yield Row("students_moved", scope, ALL, name, count)
        yield Row("share_moved", scope, ALL, name, count / size if size > 0 else NAN)
    if must:
        yield Row("students_must_move", "district", ALL, ALL, float(sum(must)))
        yield Row("students_moved_forced", "district", ALL, ALL, float(sum(forced)))


def _forced(scene: Scene, level: str) -> float:
    """Return the students whose stay in a building is interrupted; NaN without counts by grade."""
    today, plan = scene.today[level], scene.placements[level]
    students = _by_grade(scene, level)
    if students is None:
        scene.notes.add(
            f"{level}: students are not counted by grade, so it is unknown who would have changed "
            "building anyway."
        )
        return NAN
    before = _grade_before(scene, level)
    return moved.students_moved_forced(today.school_of, plan.school_of, before, students)


def _grade_before(scene: Scene, level: str) -> Ints:
    """Return today's school of each block in the grade below the level, (n, 1); -1 for none."""
    first = GRADES.index(scene.today[level].grades[0])
    for other in scene.today.values():
        if first and other.grades[-1] == GRADES[first - 1]:
            return other.school_of[:, -1:]
    return np.full((scene.district.n_blocks, 1), -1, dtype=np.int32)


def _by_grade(scene: Scene, level: str) -> Floats | None:
    """Return the students of each block and grade, (n, G), or None."""
    counts, grades = scene.counts, scene.around[level].grades
    if not all(counts.has(grades=(grade,)) for grade in grades):
        return None
    return np.stack([counts.count(grades=(grade,)) for grade in grades], axis=1)


def _feeders(scene: Scene) -> Rows:
    """Yield how the schools of each level feed those of the next, where one of them is measured."""
    levels = list(scene.around)
    for lower, upper in pairwise(levels):
        if not {lower, upper} & set(scene.levels):
            continue
        below, above = scene.around[lower], scene.around[upper]
        students = leavers(scene.counts, lower, scene.around[lower].grades)
        if students is None:
            continue
        ids = below.school_ids
        shape = (len(ids), len(ids))
        flow = feeders.feeds(below.school_of[:, -1], above.school_of[:, 0], students, shape)
        name = f"{lower}|{upper}"
        settings = scene.settings
        small = feeders.small_feeds_of_leavers(flow, settings.least_feed_of_leavers)
        small_in = feeders.small_feeds_of_receiver(flow, settings.least_feed_of_receiver)
        yield Row("split_feeders", "district", name, ALL, feeders.split_feeders(flow))
        yield Row("feeder_split", "district", name, ALL, feeders.feeder_split(flow))
        yield Row("small_feeds_of_leavers", "district", name, ALL, small)
        yield Row("small_feeds_of_receiver", "district", name, ALL, small_in)
        fed, out = feeders.upper_schools_fed(flow), feeders.feed_share_of_leavers(flow)
        into = feeders.feed_share_of_receiver(flow)
        for s in below.schools():
            yield Row("upper_schools_fed", "school", ids[s], ALL, float(fed[s]))
            yield Row("feed_share_of_leavers", "school", ids[s], ALL, float(out[s]))
        for r in above.schools():
            yield Row("feed_share_of_receiver", "school", ids[r], ALL, float(into[r]))


def _paths(scene: Scene) -> Rows:
    """Yield changes of building and siblings apart, over all levels that follow each other."""
    for place, levels in _chains(scene):
        school_of = np.concatenate([scene.around[level].school_of for level in levels], axis=1)
        weight = _weight(scene, levels)
        yield Row("transitions", *place, transitions.transitions(school_of, weight))
        yield Row("years_per_building", *place, transitions.years_per_building(school_of, weight))
        for gap in GAPS:
            together = siblings.siblings_together(school_of, weight, gap)
            yield Row(f"siblings_together_{gap}", *place, together)
        yield Row("buildings_per_family", *place, siblings.buildings_per_family(school_of, weight))
        grades = [_by_grade(scene, level) for level in levels]
        known = [one for one in grades if one is not None]
        kept = NAN
        if len(known) == len(grades):
            kept = transitions.cohort_kept_together(school_of, np.concatenate(known, axis=1))
        yield Row("cohort_kept_together", *place, kept)


def _chains(scene: Scene) -> list[tuple[tuple[str, str, str], list[str]]]:
    """Return each measured level, and all levels together where their grades follow each other."""
    chains = [(("level", level, ALL), [level]) for level in scene.levels]
    levels = list(scene.around)
    grades = [grade for level in levels for grade in scene.around[level].grades]
    first = GRADES.index(grades[0])
    if tuple(grades) == GRADES[first : first + len(grades)]:
        chains.append((("district", ALL, ALL), levels))
    return chains


def _weight(scene: Scene, levels: list[str]) -> Floats:
    """Return the students of the levels in each block, (n,)."""
    parts = [scene.students(level, slice(0, len(scene.around[level].grades))) for level in levels]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return np.full(scene.district.n_blocks, np.nan)
    return np.asarray(np.sum(known, axis=0))
