"""Which method polishes: what gained more, with a look at the other now and then."""

from __future__ import annotations

from planner.search.polish import (
    BORDERS,
    COMPOSE,
    FRONTIERS,
    HEAT_TURNS,
    HEATS,
    LOOK_AGAIN,
    MODELS,
    REGIONS,
    STEPS,
    TRIALS,
    WORTH,
    Polish,
)
from planner.search.schedule import COLD
from planner.search.tasks import Anneal, Compose, Neighbourhoods, Regions

MANY = 750_000  # moves of a round


def test_the_method_that_gains_more_leads() -> None:
    """All are tried, then the best one is used; the others have a turn now and then."""
    polish = Polish(20, 2000, has_models=True)
    gains = {REGIONS: 1.0, HEATS: 0.5, MODELS: 3.0, BORDERS: 2.0}
    used = []
    for _ in range(4 * TRIALS + 6 * LOOK_AGAIN):
        method = polish.choose(MANY, 100 * MANY)
        polish.learn(method, gains[method], MANY)
        used.append(method)
    assert [used[: 4 * TRIALS].count(m) for m in gains] == [TRIALS] * 4
    assert FRONTIERS not in used
    assert polish.leader == MODELS
    assert polish.is_gaining
    rest = used[4 * TRIALS :]
    assert [rest.count(m) for m in (REGIONS, HEATS, BORDERS)] == [2, 2, 2]


def test_trifles_are_no_gains() -> None:
    """Polishing that wins next to nothing for a while gives way to heat."""
    polish = Polish(20, 2000, has_models=True)
    polish.learn(REGIONS, 10 * WORTH, MANY)
    for _ in range(LOOK_AGAIN - 1):
        polish.learn(REGIONS, WORTH / 10, MANY)
    assert polish.is_gaining
    polish.learn(REGIONS, WORTH / 10, MANY)
    assert not polish.is_gaining


def learn(polish: Polish, **gains: float) -> None:
    """Let methods have gained so much each time they were tried."""
    for method, gain in gains.items():
        for _ in range(TRIALS):
            polish.learn(method, gain, MANY)


def test_large_models_are_tried_where_borders_gain_most() -> None:
    """They take long, so nobody tries them where smaller models of the same kind do not lead."""
    polish = Polish(20, 2000, has_models=True)
    learn(polish, regions=1.0, heats=0.0, models=0.5, borders=2.0)
    assert polish.choose(MANY, 100 * MANY) == FRONTIERS
    assert polish.choose(MANY, STEPS[FRONTIERS] - 1) == BORDERS
    learn(polish, frontiers=99.0)
    assert polish.choose(MANY, 100 * MANY) == FRONTIERS
    learn(polish, models=999.0)
    assert polish.choose(MANY, 100 * MANY) == MODELS


def test_heat_comes_later_where_models_lead() -> None:
    """Unknown or leading models go first; regions that lead, or models that stall, need heat."""
    polish = Polish(20, 2000, has_models=True)
    assert polish.prefers_models(MANY, 100 * MANY)
    assert not polish.prefers_models(1000, 100 * MANY)
    assert not Polish(20, 2000, has_models=False).prefers_models(MANY, 100 * MANY)
    learn(polish, regions=2.0, models=1.0, borders=0.0)
    assert not polish.prefers_models(MANY, 100 * MANY)
    learn(polish, models=9.0)
    assert polish.prefers_models(MANY, 100 * MANY)
    for _ in range(3):
        learn(polish, regions=0.0, models=0.0, borders=0.0)
    assert not polish.prefers_models(MANY, 100 * MANY)


def test_no_model_begins_that_would_not_end_in_time() -> None:
    """A method that takes longer than what is left is not chosen."""
    polish = Polish(20, 2000, has_models=True)
    used = {polish.choose(MANY, STEPS[MODELS] - 1) for _ in range(9)}
    assert MODELS not in used


def test_models_of_borders_grow_with_what_zones_hold() -> None:
    """Few zones of many blocks, many zones of few, and never more than there are."""
    zones = []
    for units in (200, 2_000, 20_000):
        work = Polish(20, units, has_models=True).work(BORDERS, MANY, 0.1, 0.5)
        assert isinstance(work, Neighbourhoods)
        assert work.reach is not None
        zones.append(work.zones)
    assert zones == [(20, 20), (7, 13), (2, 2)]


def test_annealing_alone_where_models_do_not_fit() -> None:
    """With aims that are no sums of shares, and in rounds too short for a model."""
    for polish, steps in (
        (Polish(20, 2000, has_models=False), MANY),
        (Polish(20, 2000, has_models=True), 1000),
    ):
        used = set()
        for _ in range(9):
            method = polish.choose(steps, 100 * MANY)
            polish.learn(method, 0.0, steps)
            used.add(method)
        assert used == {REGIONS, HEATS}
        assert not polish.is_gaining


def test_heats_differ() -> None:
    """Nobody knows which temperature suits the best plan so far, so each has its turn."""
    polish, hottest = Polish(20, 2000, has_models=True), set()
    for _ in range(20):
        polish.choose(MANY, 100 * MANY)
        heat = polish.work(HEATS, MANY, 0.1, 0.5)
        assert isinstance(heat, Anneal)
        assert heat.n_proposals == MANY
        assert heat.hot > heat.cold
        hottest.add(heat.hot)
    assert len(hottest) == len(HEAT_TURNS)


def test_work_fits_the_number_of_zones() -> None:
    """No more zones than there are, and as many moves as asked for."""
    polish = Polish(2, 40, has_models=True)
    regions = polish.work(REGIONS, 500_000, 0.1, 0.5)
    assert isinstance(regions, Regions)
    assert regions.zones == (2, 2)
    assert regions.n_regions * regions.n_proposals <= 500_000
    models = polish.work(MODELS, 500_000, 0.1, 0.5)
    assert isinstance(models, Neighbourhoods)
    assert models.zones == (2, 2)
    assert models.count == 1


def used_by(polish: Polish, left: float) -> set[str]:
    """Return the methods of some rounds."""
    used = set()
    for _ in range(20):
        method = polish.choose(MANY, left)
        polish.learn(method, 1.0, MANY)
        used.add(method)
    return used


def test_plans_are_composed_where_zones_are_small_and_there_is_time() -> None:
    """It takes long: the more units and zones, the longer; it goes before the first heat."""
    polish = Polish(20, 200, has_models=False, has_zones=True)
    cost = polish.cost(COMPOSE, MANY)
    assert cost > MANY
    assert polish.prefers_models(MANY, cost)
    assert not polish.prefers_models(MANY, cost - 1)
    assert COMPOSE not in used_by(polish, cost - 1)
    assert COMPOSE in used_by(polish, cost)
    assert Polish(20, 400, has_models=False, has_zones=True).cost(COMPOSE, MANY) > 1.5 * cost
    assert COMPOSE not in used_by(Polish(20, 200, has_models=True), 100 * cost)
    polish.programs = 10
    assert MANY < polish.cost(COMPOSE, MANY) < cost
    work = polish.work(COMPOSE, MANY, 2.0, 0.5, ())
    assert isinstance(work, Compose)
    assert work.typical == 2.0
    assert work.polish.cold == COLD * 2.0
