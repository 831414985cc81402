"""What structures ask of families, worked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from planner.metrics.siblings import buildings_per_family, siblings_together
from planner.metrics.transitions import cohort_kept_together, transitions, years_per_building
from planner.structures.arrangement import Arrangement
from planner.structures.families import (
    Households,
    buildings_of_households,
    drop_off_m,
    siblings_formula,
    siblings_in_households,
)

GRADES = ("K", *(str(g) for g in range(1, 13)))
CLINTON = (2, 2, 2, 1, 2, 1, 3)


def chain(spans: tuple[int, ...], blocks: int = 3) -> Arrangement:
    """Return one path of buildings for every block."""
    path = np.repeat(np.arange(len(spans)), spans).astype(np.int32)
    return Arrangement(
        np.array([f"{b}" for b in range(blocks)]),
        GRADES[: sum(spans)],
        np.array([f"s{s}" for s in range(len(spans))]),
        np.tile(path, (blocks, 1)),
    )


@pytest.mark.parametrize(
    ("spans", "shares"),
    [
        ((6, 3, 4), (0.83, 0.64, 0.40, 0.22)),
        (CLINTON, (0.50, 0.09, 0.0, 0.0)),
        ((9, 4), (0.92, 0.82, 0.70, 0.56)),
    ],
)
def test_siblings_published_figures(spans, shares) -> None:
    """The chance that siblings share a building is that of the three usual arrangements."""
    gaps, schools = range(1, len(shares) + 1), chain(spans).school_of
    worked_out = [siblings_formula(spans, gap) for gap in gaps]
    assert worked_out == pytest.approx(shares, abs=0.005)
    measured = [siblings_together(schools, np.ones(3), gap) for gap in gaps]
    assert measured == pytest.approx(worked_out)


@pytest.mark.parametrize(("spans", "changes", "years"), [(CLINTON, 6, 1.86), ((6, 3, 4), 2, 4.33)])
def test_transitions_and_years(spans, changes, years) -> None:
    """Seven buildings are six changes and 1.86 years each, three are two and 4.33."""
    assert transitions(chain(spans).school_of, np.ones(3)) == changes
    assert years_per_building(chain(spans).school_of, np.ones(3)) == pytest.approx(years, abs=0.005)


def test_whole_cohort_moves_together() -> None:
    """With one building a grade the whole cohort moves together."""
    assert cohort_kept_together(chain(CLINTON).school_of, np.full((3, 13), 7.0)) == 1


def test_nobody_moves() -> None:
    """Where nobody changes building there is no share to tell."""
    assert np.isnan(cohort_kept_together(chain((13,)).school_of, np.ones((3, 13))))


def test_split_feeder() -> None:
    """A cohort split 3 to 1 keeps (9 + 1) / 16 of its students' mates."""
    split = Arrangement(
        np.array(["0", "1"]), ("5", "6"), np.array(["e", "m1", "m2"]),
        np.array([[0, 1], [0, 2]], dtype=np.int32),
    )  # fmt: skip
    assert cohort_kept_together(split.school_of, np.array([[3.0, 9], [1, 9]])) == pytest.approx(
        10 / 16
    )


def test_households() -> None:
    """Real households replace the formula."""
    table = pd.DataFrame(
        {
            "household_id": ["x", "x", "y", "y", "z"],
            "block_id": ["0", "0", "1", "1", "2"],
            "grade": ["K", "1", "5", "6", "3"],
        }
    )
    town = chain((6, 3, 4))
    homes = Households.from_table(table, town)
    assert siblings_in_households(town, 1, homes) == 0.5
    assert np.isnan(siblings_in_households(town, 4, homes))
    assert buildings_of_households(town, homes) == 1.5


def test_buildings_per_family_formula() -> None:
    """Two children of two grades: one building more by the chance that they are apart."""
    assert buildings_per_family(chain((1, 1), 1).school_of, np.ones(1)) == 2
    assert buildings_per_family(chain((2, 1), 1).school_of, np.ones(1)) == pytest.approx(1 + 2 / 3)


def test_drop_off_round() -> None:
    """The round is home, first school, second school, home; one school is there and back."""
    metres = np.array([[300.0, 400.0]])
    gaps = np.array([[0.0, 500.0], [500.0, 0.0]])
    assert drop_off_m(chain((1, 1), 1), metres, gaps, np.ones(1)) == 1200
    assert drop_off_m(chain((2,), 1), metres[:, :1], gaps, np.ones(1)) == 600
    table = pd.DataFrame({"household_id": [1, 1], "block_id": ["0", "0"], "grade": ["K", "1"]})
    town = chain((1, 1), 1)
    homes = Households.from_table(table, town)
    assert drop_off_m(town, metres, gaps, np.ones(1), households=homes) == 1200


def test_unknown_way_is_not_zero() -> None:
    """A block whose way is unknown is left out, not counted as no distance."""
    metres = np.array([[300.0, 400.0], [np.nan, 100.0]])
    gaps = np.array([[0.0, 500.0], [500.0, 0.0]])
    assert drop_off_m(chain((1, 1), 2), metres, gaps, np.ones(2)) == 1200
