"""What a sweep file may say, and what its jobs are called."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from planner.batch.expand import expand_sweep, size_words
from planner.batch.keys import apply, effective, refuse_key, written
from planner.batch.sweep_file import read_sweep
from planner.errors import ScenarioError

Write = Callable[..., Path]


def test_a_grid_is_a_product_with_seeds(write_sweep: Write) -> None:
    """Two keys and two seeds multiply; the words say how."""
    sweep = read_sweep(
        write_sweep(
            "seeds = [1, 2]\n[grid]\n"
            '"rule.capacity.ceiling_share" = [1.1, 1.2, 1.3]\n'
            '"rule.capacity.floor_share" = [0, 0.3]\n'
        )
    )
    jobs = expand_sweep(sweep)
    assert len(jobs) == len({job.digest for job in jobs}) == 12
    assert {job.scenario["seed"] for job in jobs} == {1, 2}
    assert jobs[0].scenario["stop"] == {"iterations": 20}
    assert "12 scenarios = 3 × rule.capacity.ceiling_share" in size_words(sweep, jobs)


def test_every_pair_of_closures(write_sweep: Write) -> None:
    """Subsets of two out of four schools: six scenarios with two closures each."""
    text = '[[subsets]]\nschools = ["E01", "E02", "E03", "E04"]\nchoose = 2\n'
    jobs = expand_sweep(read_sweep(write_sweep(text)))
    assert len(jobs) == 6
    assert all([event["kind"] for event in job.scenario["event"]] == ["close"] * 2 for job in jobs)
    assert jobs[0].name == "close E01 + E02"


def test_two_tables_of_subsets_multiply(write_sweep: Write) -> None:
    """One of two closures and one of two others: four scenarios, each named by both."""
    text = '[[subsets]]\nschools = ["E01", "E02"]\nchoose = 1\n'
    more = '[[subsets]]\nschools = ["E03", "E04"]\nchoose = 1\n'
    sweep = read_sweep(write_sweep(text + more))
    jobs = expand_sweep(sweep)
    assert [job.name for job in jobs] == [
        f"close {one}, close {two}" for one in ("E01", "E02") for two in ("E03", "E04")
    ]
    assert len({job.digest for job in jobs}) == 4
    assert size_words(sweep, jobs).startswith("4 scenarios = 2 subsets of 2 schools (close) · 2")
    closed = [[event["school"] for event in job.scenario["event"]] for job in jobs]
    assert closed[1] == ["E01", "E04"]


def test_a_grid_of_events_stands_beside_subsets(write_sweep: Write) -> None:
    """A key of the grid and subsets of the same event keep a column each."""
    grid = '[grid]\n"event.close" = [{ school = "E05" }, { school = "E06" }]\n'
    text = '[[subsets]]\nschools = ["E01", "E02"]\nchoose = 1\n'
    jobs = expand_sweep(read_sweep(write_sweep(grid + text)))
    assert len({job.digest for job in jobs}) == 4
    assert jobs[0].settings == {"event.close": {"school": "E05"}, "event.close (1)": ["E01"]}
    assert jobs[3].name == "close school E06, close E02"


def test_nothing_may_be_named_twice(write_sweep: Write) -> None:
    """Equal values of the grid, schools or sizes are refused: their scenarios would be one."""
    text = (
        '[grid]\n"rule.capacity.ceiling_share" = [1, 1.0, 1.4]\n"race_conscious" = [true, false]\n'
        '[[subsets]]\nschools = ["E01", "E01"]\nchoose = 1\n'
    )
    with pytest.raises(ScenarioError) as caught:
        read_sweep(write_sweep(text))
    assert "names 1.0 twice" in str(caught.value)
    assert "README.md" in str(caught.value), "explain --json knows no keys of a sweep"
    assert "names 'E01' twice" in str(caught.value)
    assert "race_conscious" not in str(caught.value)


def test_two_ways_to_one_district_are_refused(write_sweep: Write) -> None:
    """Where two scenarios would take each other's place, nothing is lost in silence."""
    text = 'districts = ["district/district.toml", "./district/district.toml"]\n'
    with pytest.raises(ScenarioError, match="would be lost"):
        expand_sweep(read_sweep(write_sweep(text)))


def test_the_same_question_has_the_same_name(write_sweep: Write) -> None:
    """Titles and file names do not count; limits, seeds, budgets and parents do."""
    one = expand_sweep(read_sweep(write_sweep('[grid]\n"rule.capacity.ceiling_share" = [1.1]\n')))
    two = write_sweep('[[variation]]\nname = "x"\nset = { "rule.capacity.ceiling_share" = 1.1 }\n')
    assert one[0].digest == expand_sweep(read_sweep(two))[0].digest
    others = [
        'seeds = [7]\n[grid]\n"rule.capacity.ceiling_share" = [1.1]\n',
        '[grid]\n"rule.capacity.ceiling_share" = [1.1]\n"stop.iterations" = [21]\n',
        '[grid]\n"rule.capacity.ceiling_share" = [1.2]\n',
    ]
    names = {expand_sweep(read_sweep(write_sweep(text)))[0].digest for text in others}
    assert len(names | {one[0].digest}) == 4


def test_a_warm_start_is_part_of_the_name(write_sweep: Write) -> None:
    """Each value starts from the one before, and its digest says so."""
    grid = '[grid]\n"rule.capacity.ceiling_share" = [1.1, 1.2, 1.3]\n'
    cold = expand_sweep(read_sweep(write_sweep(grid)))
    text = 'warm_start = "rule.capacity.ceiling_share"\n' + grid
    warm = expand_sweep(read_sweep(write_sweep(text)))
    assert [job.parent for job in warm] == ["", warm[0].digest, warm[1].digest]
    assert warm[0].digest == cold[0].digest
    assert warm[1].digest != cold[1].digest


def test_a_variation_keeps_the_seed_of_its_own_scenario(write_sweep: Write) -> None:
    """Without seeds in the sweep every scenario is searched with its own, as `solve` does."""
    file = write_sweep('[[variation]]\nname = "as it is"\n[[variation]]\nname = "other"\n'
                       'scenario = "other.toml"\nstart = "as it is"\n')  # fmt: skip
    base = (file.parent / "base.toml").read_text(encoding="utf-8")
    other = base.replace("schema = 1\n", "schema = 1\nseed = 7\n")
    (file.parent / "other.toml").write_text(other, encoding="utf-8")
    first, second = expand_sweep(read_sweep(file))
    assert (first.seed, second.seed) == (0, 7)
    assert second.scenario["seed"] == 7
    assert second.parent == first.digest


def test_a_malformed_variation_is_one_job_with_a_fault(write_sweep: Write) -> None:
    """A band that is empty, or a file that is missing, spoils its own scenario alone."""
    text = (
        '[[variation]]\nname = "good"\n[[variation]]\nname = "empty band"\n'
        'set = { "rule.capacity.ceiling_share" = 0.1 }\n'
        '[[variation]]\nname = "no file"\nscenario = "nowhere.toml"\n'
    )
    good, bad, missing = expand_sweep(read_sweep(write_sweep(text)))
    assert not good.fault
    assert "above the ceiling" in bad.fault
    assert "nowhere.toml" in missing.fault


def test_a_missing_district_spoils_its_own_jobs(write_sweep: Write) -> None:
    """Another district that cannot be read leaves the first one's jobs alone."""
    jobs = expand_sweep(
        read_sweep(write_sweep('districts = ["district/district.toml", "gone/district.toml"]\n'))
    )
    assert [bool(job.fault) for job in jobs] == [False, True]


def test_all_faults_of_a_sweep_file_at_once(write_sweep: Write) -> None:
    """Keys that are misspelt and values that mean nothing are told together, of every table."""
    text = (
        'seeeds = [1]\nlimit = "many"\nwarm_start = "rule.size"\nx = "travell"\n[grid]\n'
        '"rule.capacty.ceiling_share" = [1.1]\n"rule.capacity.ceiling" = [1.1]\n'
        '"district" = ["a"]\n"rule.capacity.floor_share" = []\n'
        '[[variation]]\nnam = "a"\nset = { "rule.capcity.floor_share" = 0 }\n'
        '[[subsets]]\nschools = ["E01"]\nchose = 2\nkind = "clos"\n'
        "[robustness]\ndrows = 3\nyears = 0\n"
    )
    with pytest.raises(ScenarioError) as caught:
        read_sweep(write_sweep(text))
    for told in (
        "did you mean 'seeds'", "limit = 'many'", "warm_start = 'rule.size' is no key", "travell",
        "'rule.capacty.ceiling_share': no such rule", "did you mean 'ceiling_share'",
        "districts = […]", "needs a list of values", "name is missing", "'rule.capcity.floor",
        "choose is missing", "kind = 'clos'", "did you mean 'draws'", "years = 0 must be 1 or more",
    ):  # fmt: skip
        assert told in str(caught.value)


def test_tables_of_a_sweep_are_among_its_known_keys(write_sweep: Write) -> None:
    """Whoever writes a word that is like none of them hears of every table there is."""
    with pytest.raises(ScenarioError) as caught:
        read_sweep(write_sweep("qqq = 1\n"))
    for name in ("variation", "subsets", "robustness", "ensemble", "grid"):
        assert name in str(caught.value)


def test_axes_of_the_page_are_measures(write_sweep: Write) -> None:
    """A misspelt x is an error with a suggestion; names with a group, and keys, are not."""
    with pytest.raises(ScenarioError, match="x = 'travell' is no measure or aim; did you mean"):
        read_sweep(write_sweep('x = "travell"\n'))
    for name in ("travel", "dissimilarity black", "level/parity_gap/elementary/all"):
        assert read_sweep(write_sweep(f'y = "{name}"\n')).y == name


def test_a_history_of_counts_is_read(write_sweep: Write) -> None:
    """A row a school year and a count a grade, as the README says it."""
    sweep = read_sweep(write_sweep("[robustness]\nhistory = [[50, 60, 70], [55.5, 61, 70]]\n"))
    assert sweep.robustness is not None
    assert sweep.robustness.history == ((50, 60, 70), (55.5, 61, 70))
    with pytest.raises(ScenarioError, match=r"(?s)history has 3 counts.*elementary"):
        expand_sweep(sweep)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("[robustness]\nhistory = [[1, 2, 3]]", "two or more school years"),
        ("[robustness]\nhistory = [[1, 2, 3], [1, 2]]", "rows have 2, 3 counts"),
        ("[robustness]\nhistory = [[0, 2, 3], [1, 2, 3]]", "nobody in its grade number 1"),
        ("[robustness]\nhistory = [[1, -2, 3], [1, 2, 3]]", "negative"),
        ("[robustness]\ndraws = 0\nyears = 0", "draws = 0 must be 1 or more; years = 0"),
        ("[robustness]\nfloor_share = 1.2", "ceiling_share = 1.1 is below"),
        ("[robustness]\ngrowth_share = -1.5", "above -1"),
        ("[ensemble]\nplans = 0\nchains = 0", "plans = 0 must be 1 or more; chains = 0"),
        ("[ensemble]\nseed = -1", "seed = -1 must be 0 or more"),
    ],
)
def test_further_questions_must_make_sense(write_sweep: Write, table: str, told: str) -> None:
    """What no future and no crowd could mean is told before anything is solved."""
    with pytest.raises(ScenarioError, match=told):
        read_sweep(write_sweep(table))


def test_unknown_schools_are_told_before_anything_is_solved(write_sweep: Write) -> None:
    """A misspelt school of a subset spoils its own scenario, with the nearest known one."""
    text = '[[subsets]]\nschools = ["E01", "E0X"]\nchoose = 1\n'
    good, bad = expand_sweep(read_sweep(write_sweep(text)))
    assert not good.fault
    assert "no school E0X" in bad.fault
    assert "did you mean" in bad.fault


def test_a_sweep_of_which_nothing_can_run_is_refused(write_sweep: Write) -> None:
    """If no scenario can be meant, the file is at fault."""
    with pytest.raises(ScenarioError, match="no scenario of 2"):
        expand_sweep(
            read_sweep(write_sweep('[grid]\n"rule.capacity.ceiling_share" = [0.1, "wide"]\n'))
        )


def test_keys_reach_every_table() -> None:
    """Options, whole tables, absent tables, numbered tables and the top are all set."""
    base = {"rule": [{"use": "capacity", "ceiling_share": 1.0}], "event": [], "stop": {"gap": 0.1}}
    assert apply(base, "rule.capacity.ceiling_share", 2.0)["rule"][0]["ceiling_share"] == 2.0
    assert apply(base, "rule.capacity", False)["rule"] == []
    assert apply(base, "rule.size", {"ceiling_share": 1.1})["rule"][1]["use"] == "size"
    assert apply(base, "event.close.school", "E1")["event"] == [{"kind": "close", "school": "E1"}]
    assert apply(base, "stop.iterations", 5)["stop"] == {"gap": 0.1, "iterations": 5}
    assert apply(base, "levels", ["high"])["levels"] == ["high"]
    moved = apply(apply(base, "max_students_moved", 50), "max_students_moved", 200)
    assert moved["rule"][1:] == [{"use": "max_students_moved", "max_students": 200}]
    assert effective(moved, "max_students_moved") == 200
    assert base["rule"] == [{"use": "capacity", "ceiling_share": 1.0}]
    twice = {"rule": [{"use": "travel_limit", "max_km": 1}, {"use": "travel_limit", "max_km": 2}]}
    assert apply(twice, "rule.travel_limit[2].max_km", 9)["rule"][1]["max_km"] == 9
    with pytest.raises(ScenarioError, match="not clear which"):
        apply(twice, "rule.travel_limit.max_km", 9)
    with pytest.raises(ScenarioError, match="count from 1"):
        apply(twice, "rule.travel_limit[3].max_km", 9)
    assert refuse_key("seed") is not None


def test_values_are_written_short() -> None:
    """Names of jobs stay readable."""
    assert written({"floor_share": 0.9, "on": True}) == "floor share 0.9, on on"
    assert written(["a", "b"]) == "a + b"
    assert written(False) == "off"


@pytest.mark.parametrize("table", ["robustness = 3", 'ensemble = "a"', "variation = [1]"])
def test_what_is_no_table_is_told(write_sweep: Write, table: str) -> None:
    """With the key and what stands there."""
    with pytest.raises(ScenarioError, match="is no table of keys and values"):
        read_sweep(write_sweep(f"{table}\n"))


def test_a_variable_of_a_sweep_that_is_not_set_is_told(
    write_sweep: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a scenario: what names it, and how to give a default."""
    monkeypatch.delenv("NOWHERE_SET", raising=False)
    sweep = read_sweep(write_sweep('districts = ["${NOWHERE_SET}/district.toml"]\n'))
    with pytest.raises(ScenarioError, match="environment variable NOWHERE_SET is not set"):
        expand_sweep(sweep)


def test_a_job_is_named_by_the_plan_its_scenario_starts_from(write_sweep: Write) -> None:
    """By its content, wherever it is; it cannot be a key of a grid."""
    file = write_sweep('[[variation]]\nname = "x"\nscenario = "amended.toml"\n')
    text = (file.parent / "base.toml").read_text(encoding="utf-8")
    names = []
    for name, content in (("a", "1"), ("b", "1"), ("c", "2")):
        own = f'start = "{name}.csv"\n{text}'
        (file.parent / "amended.toml").write_text(own, encoding="utf-8")
        (file.parent / f"{name}.csv").write_text(content, encoding="utf-8")
        (job,) = expand_sweep(read_sweep(file))
        assert job.scenario["start"] == str(file.parent / f"{name}.csv")
        names.append(job.digest)
    assert names[0] == names[1] != names[2]
    assert "name another scenario in a [[variation]]" in (refuse_key("start") or "")
