"""Figures worked out by hand, and those the published stories give."""

from __future__ import annotations

import numpy as np
import pytest

from planner.evaluation import Settings
from planner.metrics import feeders, moved, shape, siblings, transitions, travel, utilization
from planner.metrics.dissimilarity import dissimilarity
from planner.metrics.entropy import theil_h, theil_h_multigroup
from planner.metrics.exposure import exposure, exposure_matrix, isolation, isolation_excess
from planner.metrics.gini import gini
from planner.metrics.multigroup import dissimilarity_multigroup, normalised_exposure_multigroup
from planner.metrics.neighbourhoods import (
    neighbourhood_splits,
    neighbourhoods_split,
    zones_touching,
)
from planner.metrics.normalised_exposure import normalised_exposure
from planner.metrics.poverty_bands import (
    poverty_band,
    schools_in_poverty_band,
    share_in_poverty_band,
)
from planner.metrics.poverty_exposure import parity_gap, poverty_exposures, poverty_gap
from planner.metrics.poverty_near import (
    poverty_range,
    poverty_spread,
    schools_above_poverty,
    schools_below_poverty,
    schools_near_poverty,
)
from planner.metrics.size import size_spread
from planner.metrics.stratified import stratified, stratified_gaps

# Clinton's buildings: K-1, 2-3, 4-5, 6, 7-8, 9, 10-12
CLINTON = (2, 2, 2, 1, 2, 1, 3)
NEIGHBOURHOOD = (6, 3, 4)


def _grades_of(spans: tuple[int, ...]) -> np.ndarray:
    return np.repeat(np.arange(len(spans)), spans)


def test_two_schools_by_hand() -> None:
    """Two schools of 40 with 30 and 10 of a group: every index from its formula."""
    group, total = np.array([30.0, 10.0]), np.array([40.0, 40.0])
    assert dissimilarity(group, total - group) == pytest.approx(0.5)
    assert gini(group, total) == pytest.approx(0.5)
    assert isolation(group, total) == pytest.approx(0.75 * 0.75 + 0.25 * 0.25)
    assert isolation_excess(group, total) == pytest.approx(0.625 - 0.5)
    assert normalised_exposure(group, total) == pytest.approx(0.25)
    assert exposure(group, total - group, total) == pytest.approx(0.375)
    loss = np.log(2) + 0.75 * np.log(0.75) + 0.25 * np.log(0.25)
    assert theil_h(group, total) == pytest.approx(loss / np.log(2))


def test_multigroup_indices_of_two_groups_are_the_two_group_indices() -> None:
    """With two groups the multigroup indices say the same as the plain ones."""
    groups = np.array([[30.0, 10.0], [5.0, 20.0], [12.0, 3.0]])
    total, one = groups.sum(axis=1), groups[:, 0]
    assert dissimilarity_multigroup(groups) == pytest.approx(dissimilarity(*groups.T))
    assert normalised_exposure_multigroup(groups) == pytest.approx(normalised_exposure(one, total))
    assert theil_h_multigroup(groups) == pytest.approx(theil_h(one, total))


def test_pooled_grades_read_cohorts_as_segregation() -> None:
    """Clinton's chain, cohorts from 58 to 48 % Black: pooled D is 0.054, within grades 0."""
    share = np.linspace(0.58, 0.48, 13)
    building = _grades_of(CLINTON)
    black = np.bincount(building, share * 100)
    total = np.bincount(building, np.full(13, 100.0))
    assert dissimilarity(black, total - black) == pytest.approx(0.0540, abs=0.0001)
    by_grade = np.array([dissimilarity(np.array([s]), np.array([1 - s])) for s in share])
    assert stratified(by_grade, np.full(13, 100.0)) == pytest.approx(0.0, abs=1e-12)


def test_one_building_a_grade_gives_the_make_up_of_the_district() -> None:
    """Clinton: Black isolation .54, exposure to white .38, white to Black .54, poverty alike."""
    groups = np.array([[54.0, 38.0, 8.0]]) * np.array([[3.0]])
    total, poor = groups.sum(axis=1), np.array([150.0])
    matrix = exposure_matrix(groups, total)
    assert matrix[0, :2] == pytest.approx([0.54, 0.38])
    assert matrix[1, 0] == pytest.approx(0.54)
    met = poverty_exposures(groups, poor, total)
    assert met == pytest.approx([0.5, 0.5, 0.5])
    assert parity_gap(met, groups.sum(axis=0)) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("spans", "changes", "years"), [(CLINTON, 6, 13 / 7), (NEIGHBOURHOOD, 2, 13 / 3)]
)
def test_transitions_and_years_of_clinton(
    spans: tuple[int, ...], changes: int, years: float
) -> None:
    """Grade centers: 6 transitions and 1.86 years a building; neighbourhood schools: 2 and 4.33."""
    path, weight = _grades_of(spans)[None, :], np.array([10.0])
    assert transitions.transitions(path, weight) == changes
    assert transitions.years_per_building(path, weight) == pytest.approx(years)


@pytest.mark.parametrize(
    ("spans", "chances"),
    [
        (NEIGHBOURHOOD, (0.83, 0.64, 0.40, 0.22)),
        (CLINTON, (0.50, 0.09, 0.0, 0.0)),
        ((9, 4), (0.92, 0.82, 0.70, 0.56)),
    ],
)
def test_chance_that_siblings_share_a_building(
    spans: tuple[int, ...], chances: tuple[float, ...]
) -> None:
    """The published chances for siblings one to four grades apart."""
    path, weight = _grades_of(spans)[None, :], np.array([10.0])
    for gap, chance in enumerate(chances, 1):
        value = siblings.siblings_together(path, weight, gap)
        assert value == pytest.approx(chance, abs=0.005)


def test_a_group_of_nobody_or_everybody_is_undefined_not_zero() -> None:
    """An index of a group without students, or with everybody, is NaN."""
    total, none = np.array([10.0, 20.0]), np.zeros(2)
    for index in (gini, normalised_exposure, theil_h):
        assert np.isnan(index(none, total))
        assert np.isnan(index(total, total))
    assert np.isnan(dissimilarity(none, total))
    assert np.isnan(isolation(none, total))
    assert np.isnan(dissimilarity_multigroup(np.column_stack([total, none])))
    assert np.isnan(normalised_exposure_multigroup(np.column_stack([total, none])))
    assert np.isnan(theil_h_multigroup(np.column_stack([total, none])))
    assert np.isnan(parity_gap(np.array([0.5, np.nan]), np.array([30.0, 0.0])))


def test_an_unknown_count_makes_the_index_unknown() -> None:
    """One school of unknown size: no index is made up from the others."""
    group, total = np.array([3.0, np.nan, 5.0]), np.array([10.0, 10.0, 10.0])
    for index in (gini, normalised_exposure, theil_h, isolation, isolation_excess):
        assert np.isnan(index(group, total))
    assert np.isnan(dissimilarity(group, total - group))
    assert np.isnan(theil_h_multigroup(np.column_stack([group, total])))
    poor = np.array([3.0, 4.0, 5.0])
    assert np.isnan(poverty_gap(group, poor, poor, total))
    assert np.isnan(parity_gap(np.array([np.nan, 0.4]), np.array([np.nan, 50.0])))
    for figure in (poverty_spread, poverty_range):
        assert np.isnan(figure(group, total))
    assert np.isnan(schools_near_poverty(group, total, 0.15))
    assert np.isnan(schools_in_poverty_band(group, total, "low"))
    assert np.isnan(size_spread(group))
    assert np.isnan(utilization.students_over_capacity(total, group))
    assert np.isnan(utilization.schools_in_band(group / total, 0.8, 1.0))


def test_estimated_counts_of_a_school_of_one_group_are_known() -> None:
    """Fractions that add up to the total but for their last digit are no unknown count."""
    whole = theil_h(np.array([0.3, 1.0]), np.array([0.3, 4.0]))
    assert theil_h(np.array([0.1 + 0.2, 1.0]), np.array([0.3, 4.0])) == pytest.approx(whole)


def test_schools_near_the_districts_poverty() -> None:
    """Of schools at 40, 50, 60 and 90 % in a district of 60 %, three are within 20 points."""
    poor, total = np.array([40.0, 50.0, 60.0, 90.0]), np.full(4, 100.0)
    assert schools_near_poverty(poor, total, 0.20) == 0.75
    assert schools_below_poverty(poor, total, 0.15) == 1
    assert schools_above_poverty(poor, total, 0.15) == 1
    assert poverty_spread(poor, total) == pytest.approx(0.30)
    assert poverty_range(poor, total) == pytest.approx(0.50)


def test_poverty_bands_end_where_the_statistics_end_them() -> None:
    """25, 50 and 75 % belong to the lower band; an empty school is in none."""
    poor, total = np.array([25.0, 25.1, 50.0, 75.0, 75.1, 0.0]), np.array([100.0] * 5 + [0.0])
    assert poverty_band(poor, total).tolist() == [0, 1, 1, 2, 3, -1]
    group = np.array([1.0, 1.0, 1.0, 1.0, 4.0, 0.0])
    assert share_in_poverty_band(group, poor, total, "high") == 0.5
    assert schools_in_poverty_band(poor, total, "mid_low") == 2


def test_stratified_gaps_compare_within_grades() -> None:
    """Cohorts that differ in poverty and make-up give no gap where grades are mixed alike."""
    exposures = np.array([[0.4, 0.4], [0.6, 0.6], [0.9, np.nan]])
    gaps = stratified_gaps(exposures, np.array([100.0, 100.0, 50.0])[:, None, None])
    assert gaps == pytest.approx(np.zeros((2, 2)))


def test_travel_leaves_unknown_ways_out_and_counts_them() -> None:
    """Unknown travel is never zero: it is in no mean, and its students are counted."""
    way, students = np.array([1000.0, 3000.0, np.nan]), np.array([3.0, 1.0, 5.0])
    assert travel.travel_mean(way, students) == 1500.0
    assert travel.travel_longest(way, students) == 3000.0
    assert travel.travel_total(way, students) == 6000.0
    assert travel.travel_unknown(way, students) == 5.0
    assert travel.walkers(way, students, 1600.0) == 3.0
    assert np.isnan(travel.travel_mean(way[2:], students[2:]))
    assert np.isnan(travel.walkers(way[2:], students[2:], 1600.0))


def test_walkers_live_within_one_mile() -> None:
    """The packet says "within a mile": 1,609 m are within it and 1,610 m are not."""
    way, students = np.array([1609.0, 1610.0]), np.array([1.0, 2.0])
    assert travel.walkers(way, students, Settings().walk_metres) == 1.0


def test_walkers_who_become_riders() -> None:
    """Only students who can walk today and could not under the plan count."""
    today, plan = np.array([900.0, 900.0, 2000.0, np.nan]), np.array([900.0, 2000.0, 900.0, 2000.0])
    students = np.array([1.0, 2.0, 4.0, 8.0])
    assert travel.walkers_to_riders(today, plan, students, 1600.0) == 2.0
    assert travel.riders_to_walkers(today, plan, students, 1600.0) == 4.0


def test_forced_moves_interrupt_a_stay() -> None:
    """A student who enters a building anyway is moved but not forced; a closed school must move."""
    today = np.array([[0, 0, 1, 1]])
    plan = np.array([[2, 2, 2, 1]])
    students = np.array([[1.0, 2.0, 4.0, 8.0]])
    assert moved.students_moved(moved.moves(today, plan), students) == 7.0
    assert moved.students_moved(moved.forced(today, plan), students) == 2.0
    assert moved.students_moved(moved.must_move(today, plan), students) == 3.0
    assert moved.blocks_moved(moved.moves(today, plan)) == 1.0
    unknown = np.array([[-1, -1, -1, -1]])
    assert not moved.moves(unknown, plan).any()


def test_shape_of_squares() -> None:
    """A row of four squares in two zones: perimeter, compactness, the cut and an island."""
    square = shape.Borders(
        np.ones(4),
        np.full(4, 4.0),
        np.array([0, 1, 2], dtype=np.int32),
        np.array([1, 2, 3], dtype=np.int32),
        np.ones(3),
    )
    zone_of = np.array([0, 0, 1, 1], dtype=np.int32)
    area, around = shape.zone_outlines(zone_of, 3, square)
    assert area.tolist() == [2.0, 2.0, 0.0]
    assert around.tolist() == [6.0, 6.0, 0.0]
    compact = shape.polsby_popper(area, around)
    assert compact[:2] == pytest.approx(8 * np.pi / 36)
    assert np.isnan(compact[2])
    assert shape.border_length(zone_of[:, None], square) == 1.0
    apart = np.array([0, 1, 0, -1], dtype=np.int32)
    assert shape.islands(apart, 2, square).tolist() == [1.0, 0.0]


def test_neighbourhoods_cut_by_zones() -> None:
    """Two zones through one of two neighbourhoods: one split; no name, no count."""
    school_of = np.array([[0], [1], [1], [1]])
    names = np.array(["hill", "hill", "lake", ""])
    assert zones_touching(school_of, names).tolist() == [2.0, 1.0]
    assert neighbourhood_splits(np.array([2.0, 1.0])) == 1.0
    assert neighbourhoods_split(np.array([3.0, 1.0])) == 1.0
    assert neighbourhood_splits(zones_touching(school_of, np.array([""] * 4))) == 0.0


def test_split_feeders() -> None:
    """A school whose leavers part 8 to 2 is split, and its small feed is below a quarter."""
    lower, upper = np.array([0, 0, 1, -1]), np.array([0, 1, 1, 1])
    flow = feeders.feeds(lower, upper, np.array([8.0, 2.0, 10.0, 9.0]), (2, 2))
    assert flow.tolist() == [[8.0, 2.0], [0.0, 10.0]]
    assert feeders.split_feeders(flow) == 1
    assert feeders.feeder_split(flow) == 2.0
    assert feeders.feed_share_of_leavers(flow).tolist() == [0.2, 1.0]
    assert feeders.feed_share_of_receiver(flow) == pytest.approx([1.0, 1 / 6])
    assert feeders.small_feeds_of_leavers(flow, 0.25) == 1
    assert feeders.small_feeds_of_receiver(flow, 0.15) == 0


def test_a_cohort_that_stays_whole_is_kept_together() -> None:
    """Whole cohorts keep together (1); one that parts 3 to 1 keeps 10 of 16."""
    students = np.array([[3.0, 0.0], [1.0, 0.0]])
    together = np.array([[0, 1], [0, 1]])
    apart = np.array([[0, 1], [0, 2]])
    assert transitions.cohort_kept_together(together, students) == 1.0
    assert transitions.cohort_kept_together(apart, students) == pytest.approx(10 / 16)
    assert np.isnan(transitions.cohort_kept_together(np.zeros((2, 2), int), students))


def test_a_grade_without_a_school_keeps_no_cohort() -> None:
    """Nobody goes on into a grade that no school serves."""
    served = np.array([[0, -1], [1, -1]])
    assert np.isnan(transitions.cohort_kept_together(served, np.ones((2, 2))))
