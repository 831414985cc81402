"""Numbers on a finished plan: one idea a file, one definition each, pure numpy.

`METRICS` lists every name that may stand in the metrics table with the function that counts it.
The formula, range, direction, unit and source of each are read from that function's docstring:
`metric_table()` writes them as Markdown, `metric_json()` as plain values.
"""

from __future__ import annotations

from functools import cache

from planner.metrics import (
    documentation,
    feeders,
    moved,
    neighbourhoods,
    shape,
    siblings,
    size,
    take_up,
    travel,
    utilization,
)
from planner.metrics import transitions as ways
from planner.metrics.base import Placement, place
from planner.metrics.certificate import gap_limit_by_band, gap_limit_by_evenness
from planner.metrics.dissimilarity import dissimilarity
from planner.metrics.documentation import Metric, MetricText
from planner.metrics.enrolment import UNGROUPED, Enrolment, enrol
from planner.metrics.entropy import (
    entropy,
    theil_h,
    theil_h_between,
    theil_h_multigroup,
    theil_h_within,
)
from planner.metrics.exposure import exposure, exposure_matrix, isolation, isolation_excess
from planner.metrics.gini import gini
from planner.metrics.multigroup import dissimilarity_multigroup, normalised_exposure_multigroup
from planner.metrics.normalised_exposure import normalised_exposure
from planner.metrics.poverty_bands import schools_in_poverty_band, share_in_poverty_band
from planner.metrics.poverty_exposure import (
    exposure_to_poverty,
    parity_gap,
    poverty_exposures,
    poverty_gap,
    poverty_ratio,
)
from planner.metrics.poverty_near import (
    poverty_distance,
    poverty_range,
    poverty_spread,
    schools_above_poverty,
    schools_below_poverty,
    schools_near_poverty,
)
from planner.metrics.separate_but_equal import separate_but_equal

__all__ = [
    "METRICS",
    "UNGROUPED",
    "Enrolment",
    "Metric",
    "MetricText",
    "Placement",
    "dissimilarity",
    "dissimilarity_multigroup",
    "enrol",
    "exposure",
    "exposure_matrix",
    "exposure_to_poverty",
    "gini",
    "isolation",
    "isolation_excess",
    "metric_json",
    "metric_table",
    "metric_texts",
    "normalised_exposure",
    "normalised_exposure_multigroup",
    "parity_gap",
    "place",
    "poverty_exposures",
    "theil_h",
    "theil_h_multigroup",
]

_BANDS = {
    "low": "low-poverty schools (at most 25 % poor)",
    "mid_low": "mid-low-poverty schools (above 25 to 50 % poor)",
    "mid_high": "mid-high-poverty schools (above 50 to 75 % poor)",
    "high": "high-poverty schools (above 75 % poor)",
}

_INTEGRATION = (
    Metric("dissimilarity", dissimilarity, stratified="mean", random="exact"),
    Metric("gini", gini, stratified="mean", random="simulated"),
    Metric("normalised_exposure", normalised_exposure, stratified="mean", random="exact"),
    Metric("theil_h", theil_h, stratified="mean", random="exact"),
    Metric("isolation", isolation, random="exact"),
    Metric("isolation_excess", isolation_excess, stratified="mean", random="exact"),
    Metric("exposure", exposure, random="exact"),
    Metric("dissimilarity_multigroup", dissimilarity_multigroup, stratified="mean", random="exact"),
    Metric(
        "normalised_exposure_multigroup",
        normalised_exposure_multigroup,
        stratified="mean",
        random="exact",
    ),
    Metric("theil_h_multigroup", theil_h_multigroup, stratified="mean", random="exact"),
    Metric("theil_h_between_levels", theil_h_between),
    Metric("theil_h_within_levels", theil_h_within),
    Metric("diversity", entropy),
)

_POVERTY = (
    Metric("exposure_to_poverty", exposure_to_poverty),
    Metric("poverty_gap", poverty_gap, stratified="mean"),
    Metric("poverty_ratio", poverty_ratio),
    Metric("parity_gap", parity_gap, stratified="widest", random="simulated"),
    Metric("gap_limit_by_band", gap_limit_by_band, stratified="largest"),
    Metric("gap_limit_by_evenness", gap_limit_by_evenness, stratified="mean"),
    Metric("poverty_spread", poverty_spread, stratified="largest"),
    Metric("poverty_distance", poverty_distance, stratified="mean"),
    Metric("poverty_range", poverty_range, stratified="mean"),
    Metric("schools_near_poverty", schools_near_poverty, stratified="mean"),
    Metric("schools_below_poverty", schools_below_poverty),
    Metric("schools_above_poverty", schools_above_poverty),
    *(
        Metric(f"schools_{band}_poverty", schools_in_poverty_band, says=f"Number of {text}.")
        for band, text in _BANDS.items()
    ),
    *(
        Metric(
            f"share_in_{band}_poverty_schools",
            share_in_poverty_band,
            says=f"Share of a group's students who attend {text}.",
            stratified="mean",
        )
        for band, text in _BANDS.items()
    ),
    Metric("separate_but_equal", separate_but_equal),
)

_SERVICE = (
    Metric("students", size.students),
    Metric("students_unplaced", size.unplaced_students),
    Metric("share", size.share),
    Metric("seats", utilization.seats),
    Metric("utilization", utilization.utilization),
    Metric("utilization_spread", utilization.utilization_spread),
    Metric("utilization_highest", utilization.utilization_highest),
    Metric("utilization_lowest", utilization.utilization_lowest),
    Metric("schools_in_utilization_band", utilization.schools_in_band),
    Metric("students_over_capacity", utilization.students_over_capacity),
    Metric("take_up", take_up.take_up),
    Metric("students_expected", take_up.students_expected),
    Metric(
        "utilization_expected",
        utilization.utilization,
        says="Students expected to attend a school for each of its seats: an estimate.",
    ),
    Metric("size_deviation", size.size_deviation),
    Metric("size_spread", size.size_spread),
    Metric(
        "students_forecast",
        size.students,
        says="Students expected in a year of the forecast; the year stands in the column `group`.",
    ),
    *(
        Metric(
            f"{name}_forecast", function, says=f"What `{name}` would be in a year of the forecast."
        )
        for name, function in (
            ("utilization", utilization.utilization),
            ("utilization_highest", utilization.utilization_highest),
            ("students_over_capacity", utilization.students_over_capacity),
        )
    ),
)

_TRAVEL = (
    *(
        Metric(f"travel_{kind}_{word}", function, unit=unit)
        for word, unit in (("metres", "m"), ("minutes", "min"))
        for kind, function in (
            ("mean", travel.travel_mean),
            ("p90", travel.travel_percentile),
            ("longest", travel.travel_longest),
        )
    ),
    Metric("travel_total_metres", travel.travel_total, unit="student-m"),
    Metric("travel_total_minutes", travel.travel_total, unit="student-min"),
    Metric("travel_unknown", travel.travel_unknown),
    Metric("walkers", travel.walkers),
    Metric("walkers_to_riders", travel.walkers_to_riders),
    Metric("riders_to_walkers", travel.riders_to_walkers),
)

_FAMILIES = (
    Metric("students_moved", moved.students_moved),
    Metric("share_moved", moved.share_moved),
    Metric("students_moved_forced", moved.students_moved_forced),
    Metric("students_must_move", moved.students_must_move),
    Metric("blocks_moved", moved.blocks_moved),
    Metric("upper_schools_fed", feeders.upper_schools_fed),
    Metric("split_feeders", feeders.split_feeders),
    Metric("feeder_split", feeders.feeder_split),
    Metric("feed_share_of_leavers", feeders.feed_share_of_leavers),
    Metric("feed_share_of_receiver", feeders.feed_share_of_receiver),
    Metric("small_feeds_of_leavers", feeders.small_feeds_of_leavers),
    Metric("small_feeds_of_receiver", feeders.small_feeds_of_receiver),
    Metric("transitions", ways.transitions),
    Metric("years_per_building", ways.years_per_building),
    Metric("cohort_kept_together", ways.cohort_kept_together),
    *(
        Metric(
            f"siblings_together_{gap}",
            siblings.siblings_together,
            says=f"Chance that siblings {gap} grades apart share a building.",
        )
        for gap in (1, 2, 3, 4)
    ),
    Metric("buildings_per_family", siblings.buildings_per_family),
)

_ZONES = (
    Metric("polsby_popper", shape.polsby_popper),
    Metric("polsby_popper_mean", shape.polsby_popper_mean),
    Metric("border_length", shape.border_length),
    Metric("islands", shape.islands),
    Metric("neighbourhood_splits", neighbourhoods.neighbourhood_splits),
    Metric("neighbourhoods_split", neighbourhoods.neighbourhoods_split),
)

METRICS: tuple[Metric, ...] = (
    *_SERVICE,
    *_INTEGRATION,
    *_POVERTY,
    *_TRAVEL,
    *_FAMILIES,
    *_ZONES,
)


@cache
def metric_texts() -> dict[str, MetricText]:
    """Return what every metric is called and means, by name, variants included."""
    return documentation.expand(METRICS)


def metric_table() -> str:
    """Return the Markdown table of all metrics, variants included."""
    return documentation.metric_table(metric_texts().values())


def metric_json() -> list[dict[str, str]]:
    """Return all metrics as plain values, for JSON."""
    return documentation.metric_json(metric_texts().values())
