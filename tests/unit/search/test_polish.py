"""Which method polishes: what gained more, with a look at the other now and then."""

from __future__ import annotations

from planner.search.polish import LOOK_AGAIN, MODEL_STEPS, MODELS, REGIONS, TRIALS, Polish
from planner.search.tasks import Neighbourhoods, Regions


def test_the_method_that_gains_more_leads() -> None:
    """Both are tried, then the better one is used; the other has a turn now and then."""
    polish = Polish(20, has_models=True)
    gains = {REGIONS: 1.0, MODELS: 3.0}
    used = []
    for _ in range(2 * TRIALS + 2 * LOOK_AGAIN):
        method = polish.choose(MODEL_STEPS)
        polish.learn(method, gains[method], MODEL_STEPS)
        used.append(method)
    assert used[: 2 * TRIALS].count(MODELS) == TRIALS
    assert polish.leader == MODELS
    assert polish.is_gaining
    rest = used[2 * TRIALS :]
    assert rest.count(REGIONS) == 2


def test_regions_alone_where_models_do_not_fit() -> None:
    """With aims that are no sums of shares, and in rounds too short for a model."""
    assert {Polish(20, has_models=False).choose(MODEL_STEPS) for _ in range(9)} == {REGIONS}
    assert Polish(20, has_models=True).choose(1000) == REGIONS
    assert not Polish(20, has_models=True).is_gaining


def test_work_fits_the_number_of_zones() -> None:
    """No more zones than there are, and as many moves as asked for."""
    polish = Polish(2, has_models=True)
    regions = polish.work(REGIONS, 500_000, 0.1, 0.5)
    assert isinstance(regions, Regions)
    assert regions.zones == (2, 2)
    assert regions.n_regions * regions.n_proposals <= 500_000
    models = polish.work(MODELS, 500_000, 0.1, 0.5)
    assert isinstance(models, Neighbourhoods)
    assert models.zones == (2, 2)
    assert models.count == 1
