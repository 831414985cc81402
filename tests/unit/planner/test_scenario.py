"""Scenario files: what they may say, how they extend each other, how their faults are told."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tiny_problem import tiny_problem

from planner.errors import ScenarioError
from planner.objectives import BorderLength, Dissimilarity, Travel
from planner.problem.events import Close
from planner.rules import RULES, Capacity, Contiguity, MaxStudentsMoved, MetricLimit
from planner.scenario import load_scenario, parse_scenario
from planner.scenario.words import ROOTED
from planner.terms import WeightedSum

HEAD = 'schema = 1\ntitle = "A test"\ndistrict = "district.toml"\n'


def write(folder: Path, text: str, name: str = "scenario.toml", head: str = HEAD) -> Path:
    """Write a scenario file and return its path."""
    path = folder / name
    path.write_text(head + text, encoding="utf-8")
    return path


def faults_of(folder: Path, text: str, head: str = HEAD) -> str:
    """Return what is told about a scenario that cannot be meant."""
    with pytest.raises(ScenarioError) as caught:
        load_scenario(write(folder, text, head=head))
    return str(caught.value)


def test_a_file_names_rules_aims_events_and_stops(tmp_path: Path) -> None:
    """Everything a file says is there, typed, in its order."""
    scenario = load_scenario(
        write(
            tmp_path,
            """
levels = ["elementary"]
seed = 7
[stop]
time_limit_s = 30
gap = 0.01
[[rule]]
use = "capacity"
ceiling_share = 1
levels = ["elementary"]
[[rule]]
use = "contiguity"
[[objective]]
use = "travel"
[[objective]]
use = "border_length"
keep_within_share = 0.02
[[event]]
kind = "close"
school = "017"
""",
        )
    )
    assert scenario.title == "A test"
    assert scenario.district == tmp_path / "district.toml"
    assert scenario.seed == 7
    assert (scenario.stop.time_limit_s, scenario.stop.gap) == (30, 0.01)
    assert scenario.rules[0].rule == Capacity(ceiling_share=1.0)
    assert scenario.rules[0].levels == ("elementary",)
    assert [stage.parts for stage in scenario.objectives] == [
        ((1.0, Travel()),),
        ((1.0, BorderLength()),),
    ]
    assert scenario.objectives[1].above_at_most(2.0) == pytest.approx(2.04)
    assert scenario.events == (Close("017"),)
    assert Contiguity() in scenario.rules_for("elementary")
    assert scenario.path == tmp_path / "scenario.toml"


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ('kind = "capacity"\nschool = "A"\ncapacity_seats = -60', "-60 is no number of seats"),
        ('kind = "open"\nschool = "A"\ncapacity_seats = -4', "-4 is no number of seats"),
        ('kind = "regrade"\nschool = "A"\ngrades = "K2"', "'K2' is no grade"),
    ],
)
def test_nonsense_in_an_event_is_refused_at_its_line(tmp_path: Path, event: str, told: str) -> None:
    """Seats below zero and grades nobody can read are faults of the file, told with the line."""
    fault = faults_of(tmp_path, f"[[event]]\n{event}\n")
    assert told in fault
    assert "line" in fault


def test_a_limit_on_moves_says_that_it_holds_at_each_level(tmp_path: Path) -> None:
    """Nobody reads the limit as one for the whole district."""
    scenario = load_scenario(write(tmp_path, "max_students_moved = 12\n"))
    assert "  - At each level, at most 12 students change school." in scenario.sentences()


def test_a_rule_holds_for_its_levels_only(tmp_path: Path) -> None:
    """A rule with levels is left out of the others; assign-once always holds."""
    scenario = load_scenario(
        write(tmp_path, '[[rule]]\nuse = "capacity"\nceiling_share = 1.0\nlevels = ["high"]\n')
    )
    assert [rule.name for rule in scenario.rules_for("high")] == ["assign_once", "capacity"]
    assert [rule.name for rule in scenario.rules_for("middle")] == ["assign_once"]


def test_the_record_reads_back_as_the_same_scenario(tmp_path: Path) -> None:
    """What run.json keeps is plain JSON and means the same."""
    scenario = load_scenario(
        write(
            tmp_path,
            """
race_conscious = true
max_students_moved = 100
[[rule]]
use = "limit"
objective = "dissimilarity"
group = "black"
at_most = 0.4
[[rule]]
use = "locked"
blocks = ["001"]
[[objective]]
use = "utilization_deviation"
priority = 1
weight = 0.7
[[objective]]
use = "compactness"
priority = 1
weight = 0.3
[[objective]]
use = "students_moved"
priority = 2
keep_within = 0.5
[[event]]
kind = "open"
school = "new"
block = "001"
level = "elementary"
""",
        )
    )
    again = parse_scenario(json.loads(json.dumps(scenario.resolved)))
    assert again.resolved == scenario.resolved
    assert (again.rules, again.objectives, again.events) == (
        scenario.rules,
        scenario.objectives,
        scenario.events,
    )


def test_a_limit_takes_its_objectives_keys(tmp_path: Path) -> None:
    """The keys of the limited objective stand beside at_most."""
    text = 'race_conscious = true\n[[rule]]\nuse = "limit"\nobjective = "dissimilarity"\n'
    scenario = load_scenario(write(tmp_path, text + 'group = "black"\nat_most = 0.4\n'))
    assert scenario.rules[0].rule == MetricLimit(Dissimilarity(group="black"), 0.4)
    told = faults_of(tmp_path, text + 'grupp = "black"\n')
    assert "at_most is missing" in told
    assert "did you mean 'group'" in told


def test_the_most_students_moved_may_stand_at_the_top(tmp_path: Path) -> None:
    """The short key is the rule."""
    scenario = load_scenario(write(tmp_path, "max_students_moved = 250\n"))
    assert scenario.rules[0].rule == MaxStudentsMoved(max_students=250)


def test_all_faults_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    """One run tells every fault: file, line, table, and the word that was meant."""
    told = faults_of(
        tmp_path,
        """levls = ["elementary"]
seed = "seven"
[[rule]]
use = "capasity"
[[rule]]
use = "capacity"
ceiling_shre = 1.0
[[rule]]
use = "travel_limit"
max_km = "3"
[[objective]]
use = "travel"
unit = "miles"
[[event]]
kind = "shut"
[stop]
time_limit = 3
""",
    )
    for text in (
        "line 4: unknown key 'levls'; did you mean 'levels'",
        "line 5: seed = 'seven'",
        "line 7, [[rule]] 1: there is no use = 'capasity'; did you mean 'capacity'",
        "line 10, [[rule]] 2: unknown key 'ceiling_shre'; did you mean 'ceiling_share'",
        "line 13, [[rule]] 3: max_km = '3'",
        "line 16, [[objective]] 1: unit = 'miles': it should be 'km' or 'min'",
        "line 18, [[event]] 1: there is no kind = 'shut'",
        "[stop]: unknown key 'time_limit'; did you mean 'time_limit_s'",
    ):
        assert text in told
    assert told.startswith("scenario.toml: 8 faults")


def test_numbers_are_not_texts_and_ids_are_not_numbers(tmp_path: Path) -> None:
    """A block id without quotes would lose its leading zeros."""
    told = faults_of(tmp_path, '[[rule]]\nuse = "locked"\nblocks = [12]\n')
    assert "it should be a valid string" in told
    told = faults_of(tmp_path, '[[rule]]\nuse = "capacity"\nceiling_share = true\n')
    assert "it should be a valid number" in told
    told = faults_of(tmp_path, '[[rule]]\nuse = "capacity"\nceiling_share = inf\n')
    assert "finite" in told


def test_a_rule_that_refuses_its_options_is_told_with_its_place(tmp_path: Path) -> None:
    """Nonsense that a rule itself finds is one of the faults."""
    told = faults_of(tmp_path, '[[rule]]\nuse = "capacity"\n')
    assert "[[rule]] 1: rule 'capacity': neither a floor nor a ceiling is set" in told


def test_missing_keys_are_told(tmp_path: Path) -> None:
    """A file says its schema, title and district; a table says its kind and what it needs."""
    told = faults_of(tmp_path, "[[rule]]\n[[rule]]\nuse = 'nearest_schools'\n", head="")
    for text in ("title is missing", "district is missing", "schema = 1 is missing",
                 "say which one: use = ", "count is missing"):  # fmt: skip
        assert text in told


@pytest.mark.parametrize(
    "table",
    ['[[objective]]\nuse = "dissimilarity"\ngroup = "black"\n',
     '[[objective]]\nuse = "parity_gap"\n',
     '[[rule]]\nuse = "balance_band"\ngroup = "black"\nwithin_points = 10\n',
     '[[rule]]\nuse = "limit"\nobjective = "isolation"\ngroup = "black"\nat_most = 1\n'],
)  # fmt: skip
def test_deciding_by_race_must_be_said_openly(tmp_path: Path, table: str) -> None:
    """A rule or aim that names a group needs the scenario's explicit word."""
    assert "race_conscious = true" in faults_of(tmp_path, table)
    scenario = load_scenario(write(tmp_path, "race_conscious = true\n" + table))
    assert any("legal advice" in line for line in scenario.sentences())


def test_poverty_needs_no_such_word(tmp_path: Path) -> None:
    """Balancing by poverty is the default way."""
    scenario = load_scenario(
        write(tmp_path, '[[objective]]\nuse = "dissimilarity"\ngroup = "poor"\n')
    )
    assert not any("legal advice" in line for line in scenario.sentences())


def test_the_ledger_tells_what_decides_and_what_is_only_watched(tmp_path: Path) -> None:
    """Counts the district has are watched unless a rule or aim depends on them."""
    scenario = load_scenario(write(tmp_path, '[[objective]]\nuse = "poverty_spread"\n'))
    uses = scenario.variables_used(tiny_problem().extra_measures)
    assert [(use.variable, use.decides) for use in uses] == [
        ("poor", True),
        ("group:black", False),
        ("group:white", False),
    ]
    assert uses[0].used_by == ("aim 'poverty_spread'",)
    parity = "race_conscious = true\n[[objective]]\nuse = 'parity_gap'\n"
    uses = load_scenario(write(tmp_path, parity)).variables_used(tiny_problem().extra_measures)
    assert all(use.decides for use in uses)


def test_weights_never_mix_units(tmp_path: Path) -> None:
    """Aims of one priority need one unit."""
    text = '[[objective]]\nuse = "{}"\npriority = 1\nweight = 2\n'
    told = faults_of(tmp_path, text.format("travel") + text.format("students_moved"))
    assert "travel [km] and students_moved [students] share a priority but not a unit" in told
    scenario = load_scenario(write(tmp_path, text.format("travel") + text.format("border_length")))
    amount = scenario.amounts(tiny_problem())[0]
    assert isinstance(amount, WeightedSum)
    assert amount.value(tiny_problem(), tiny_problem().current) == pytest.approx(2 * 2 / 3 + 2 * 3)


def test_priorities_order_the_aims(tmp_path: Path) -> None:
    """Numbers win over the order of the file, and are given to all aims or none."""
    first = '[[objective]]\nuse = "travel"\npriority = 2\n'
    scenario = load_scenario(
        write(tmp_path, first + '[[objective]]\nuse = "students_moved"\npriority = 1\n')
    )
    assert [stage.name for stage in scenario.objectives] == ["students_moved", "travel"]
    assert "give every [[objective]] a priority" in faults_of(
        tmp_path, first + '[[objective]]\nuse = "students_moved"\n'
    )


def test_what_means_nothing_is_refused(tmp_path: Path) -> None:
    """A weight alone, a give-back with no aim above, negative limits."""
    aim = '[[objective]]\nuse = "travel"\n'
    assert "a weight means nothing" in faults_of(tmp_path, aim + "weight = 2\n")
    assert "none above it" in faults_of(tmp_path, aim + "keep_within_share = 0.1\n")
    assert "must not be negative" in faults_of(tmp_path, "[stop]\ntime_limit_s = -1\n")


def test_a_file_takes_over_what_it_does_not_say(tmp_path: Path) -> None:
    """Keys replace keys, rules replace rules of their kind, aims replace all, events add up."""
    write(
        tmp_path,
        """levels = ["elementary"]
[[rule]]
use = "capacity"
ceiling_share = 1.0
[[rule]]
use = "contiguity"
[[rule]]
use = "nearest_schools"
count = 3
[[objective]]
use = "travel"
[[event]]
kind = "close"
school = "A"
[stop]
time_limit_s = 60
gap = 0.1
""",
        "base.toml",
    )
    child = """extends = "base.toml"
title = "Child"
without = ["nearest_schools"]
[[rule]]
use = "capacity"
ceiling_share = 1.1
[[event]]
kind = "close"
school = "B"
[stop]
gap = 0.01
"""
    scenario = load_scenario(write(tmp_path, child, "child.toml", head="schema = 1\n"))
    assert scenario.title == "Child"
    assert scenario.levels == ("elementary",)
    assert [p.rule for p in scenario.rules] == [Contiguity(), Capacity(ceiling_share=1.1)]
    assert [stage.name for stage in scenario.objectives] == ["travel"]
    assert scenario.events == (Close("A"), Close("B"))
    assert (scenario.stop.time_limit_s, scenario.stop.gap) == (60, 0.01)
    assert [file.name for file in scenario.files] == ["base.toml", "child.toml"]


def test_a_base_in_another_folder_keeps_its_own_paths(tmp_path: Path) -> None:
    """A relative district path starts from the file that says it."""
    (tmp_path / "common").mkdir()
    write(tmp_path / "common", "", "base.toml")
    path = write(tmp_path, 'extends = "common/base.toml"\n', head="schema = 1\n")
    assert load_scenario(path).district == tmp_path / "common" / "district.toml"


def test_files_in_a_circle_are_refused(tmp_path: Path) -> None:
    """A base that extends its child would never end."""
    write(tmp_path, 'extends = "b.toml"\n', "a.toml")
    write(tmp_path, 'extends = "a.toml"\n', "b.toml")
    with pytest.raises(ScenarioError, match="circle"):
        load_scenario(tmp_path / "a.toml")


def test_a_base_without_the_rule_to_leave_out_is_told(tmp_path: Path) -> None:
    """A misspelt name in `without` would leave the rule in."""
    write(tmp_path, '[[rule]]\nuse = "contiguity"\n', "base.toml")
    told = faults_of(tmp_path, 'extends = "base.toml"\nwithout = ["contigity"]\n')
    assert "it has: contiguity" in told


@pytest.mark.parametrize("given", ["3", '"contiguity"', '[["contiguity"]]'])
def test_without_is_a_list_of_names(tmp_path: Path, given: str) -> None:
    """Anything else is told with its line, not taken letter by letter."""
    write(tmp_path, '[[rule]]\nuse = "contiguity"\n', "base.toml")
    told = faults_of(tmp_path, f'extends = "base.toml"\nwithout = {given}\n')
    assert "is no list of names of rules" in told


def test_a_rule_whose_kind_is_no_text_is_told_where_a_base_is_extended(tmp_path: Path) -> None:
    """It replaces nothing of the base and is refused like any other unknown kind."""
    write(tmp_path, '[[rule]]\nuse = "contiguity"\n', "base.toml")
    told = faults_of(tmp_path, 'extends = "base.toml"\n[[rule]]\nuse = ["capacity"]\n')
    assert "there is no use = ['capacity']" in told


def test_variables_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The district's path may name a variable, with or without a default."""
    head = 'schema = 1\ntitle = "t"\ndistrict = "${DISTRICTS:-here}/d.toml"\n'
    monkeypatch.delenv("DISTRICTS", raising=False)
    assert load_scenario(write(tmp_path, "", head=head)).district == tmp_path / "here" / "d.toml"
    monkeypatch.setenv("DISTRICTS", str(tmp_path / "there"))
    assert load_scenario(write(tmp_path, "", head=head)).district == tmp_path / "there" / "d.toml"
    head = 'schema = 1\ntitle = "t"\ndistrict = "${NOT_SET_AT_ALL}/d.toml"\n'
    assert "NOT_SET_AT_ALL" in faults_of(tmp_path, "", head=head)


@pytest.mark.parametrize(
    ("text", "told"),
    [("schema = ", "no valid TOML"), ('[rule]\nuse = "capacity"\n', "two brackets")],
)
def test_files_that_are_not_scenarios(tmp_path: Path, text: str, told: str) -> None:
    """Broken TOML and single brackets are told in words."""
    assert told in faults_of(tmp_path, text, head="")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """The path is part of the message."""
    with pytest.raises(ScenarioError, match=r"nowhere\.toml"):
        load_scenario(tmp_path / "nowhere.toml")


def test_levels_may_stand_in_the_structure(tmp_path: Path) -> None:
    """`structure = { kind = "boundaries", levels = [...] }` says the same as `levels`."""
    text = 'structure = { kind = "boundaries", levels = ["middle"] }\n'
    assert load_scenario(write(tmp_path, text)).levels == ("middle",)
    assert "kind = 'magic'" in faults_of(tmp_path, 'structure = { kind = "magic" }\n')


def test_levels_are_checked_against_the_district(tmp_path: Path, grid_district) -> None:
    """A level the district lacks is refused with the one that was meant."""
    district = grid_district(["A", "B"] * 2, {"A": 0, "B": 1}, columns=2)
    assert load_scenario(write(tmp_path, "")).levels_of(district) == ("elementary",)
    scenario = load_scenario(write(tmp_path, 'levels = ["elementry"]\n'))
    with pytest.raises(ScenarioError, match="did you mean 'elementary'"):
        scenario.problems(district)


def test_events_change_the_problem(tmp_path: Path, grid_district) -> None:
    """A scenario's problems are those after its events."""
    district = grid_district(["A", "B"] * 2, {"A": 0, "B": 1}, columns=2)
    scenario = load_scenario(write(tmp_path, '[[event]]\nkind = "close"\nschool = "B"\n'))
    assert scenario.problems(district)["elementary"].zone_ids.tolist() == ["A"]


def test_everything_the_district_lacks_is_told_at_once(tmp_path: Path, grid_district) -> None:
    """Two rules that miss two things are one message."""
    district = grid_district(["A", "B"] * 2, {"A": 0, "B": 1}, columns=2)
    scenario = load_scenario(
        write(
            tmp_path,
            '[[rule]]\nuse = "capacity"\nceiling_share = 1.0\n'
            '[[rule]]\nuse = "balance_band"\nwithin_points = 10\n',
        )
    )
    problem = scenario.problems(district)["elementary"]
    with pytest.raises(ScenarioError) as caught:
        scenario.constraints(problem)
    assert "seats" in str(caught.value)
    assert "poor students" in str(caught.value)


def test_a_plan_is_checked_against_every_rule(tmp_path: Path) -> None:
    """Findings come in the order of the rules, assign-once first."""
    scenario = load_scenario(
        write(tmp_path, '[[rule]]\nuse = "contiguity"\n[[rule]]\nuse = "enrollment"\n'
              "min_students = 1\n")
    )  # fmt: skip
    findings = scenario.check(tiny_problem(), np.zeros(6, dtype=np.int32))
    assert [(f.rule, f.ok) for f in findings] == [
        ("assign_once", True),
        ("contiguity", True),
        ("enrollment", False),
    ]


def test_every_rule_can_be_chosen_by_its_name(tmp_path: Path) -> None:
    """No rule of the registry is out of reach of a scenario file."""
    told = faults_of(tmp_path, '[[rule]]\nuse = "nothing like it"\n')
    assert all(kind.name in told for kind in RULES)


def test_a_scenario_in_sentences(tmp_path: Path) -> None:
    """What happens, what must hold, what is sought, and when it stops."""
    scenario = load_scenario(
        write(
            tmp_path,
            'levels = ["elementary"]\n[[event]]\nkind = "close"\nschool = "A"\n'
            '[[rule]]\nuse = "contiguity"\n[[objective]]\nuse = "travel"\n',
        )
    )
    assert scenario.sentences() == [
        "A test.",
        "District: district.toml; levels: elementary.",
        "First, this happens:",
        "  - A closes.",
        "Every plan must hold:",
        "  - Every block has exactly one school.",
        "  - Every zone is in one piece around its school; islands of today may stay whole, "
        "new ones are forbidden.",
        ROOTED,
        "Of these plans, the one is sought that makes least, in this order:",
        "  1. Students' mean way to school in kilometres.",
        "Neither poverty nor any group decides.",
        "The solve stops after 120 s, unless the command says otherwise; its seed is 0.",
    ]


@pytest.mark.parametrize(
    "name",
    ["henrico/dissimilarity", "henrico/travel", "santa_rosa/closure", "santa_rosa/closure_2027",
     "santa_rosa/closure_even"],
)  # fmt: skip
def test_the_real_scenarios_are_read(name: str) -> None:
    """The scenarios of the two real districts have no fault."""
    folder = Path(__file__).resolve().parents[2] / "real"
    scenario = load_scenario(folder / f"{name}.toml")
    assert scenario.levels == ("elementary",)
    assert Contiguity() in scenario.rules_for("elementary")
    assert scenario.district.is_file()


def test_without_needs_a_scenario_that_is_extended(tmp_path: Path) -> None:
    """Otherwise nothing would be left out, and nobody told."""
    assert "no scenario is extended" in faults_of(tmp_path, 'without = ["capacity"]\n')


def test_a_gap_in_a_sum_must_come_last(tmp_path: Path) -> None:
    """The sum could not be held while a further aim is sought; told when the file is read."""
    joined = (
        "race_conscious = true\n"
        '[[objective]]\nuse = "parity_gap"\npriority = 1\n'
        '[[objective]]\nuse = "poverty_spread"\npriority = 1\n'
    )
    last = '[[objective]]\nuse = "students_moved"\npriority = {}\n'
    assert "make this sum the last aim" in faults_of(tmp_path, joined + last.format(2))
    assert len(load_scenario(write(tmp_path, joined + last.format(0))).objectives) == 2


@pytest.mark.parametrize(
    ("stop", "told"),
    [
        ("time_limit_s = 30\ngap = 0.01", "after 30 s or once a gap of 1 % is proven"),
        ("time_limit_s = 30\niterations = 500", "after 500 thousand moves, whatever the clock"),
    ],
)
def test_when_a_solve_stops_is_said_as_it_is(tmp_path: Path, stop: str, told: str) -> None:
    """Iterations leave clock and gap out of it, so that the same number gives the same plan."""
    scenario = load_scenario(write(tmp_path, f"[stop]\n{stop}\n"))
    assert told in scenario.sentences()[-1]


def test_a_district_file_in_place_of_a_scenario_is_told_as_such(tmp_path: Path) -> None:
    """One sentence, not a fault for each of its keys."""
    file = tmp_path / "district.toml"
    file.write_text('name = "A"\n[blocks]\nid = "b"\n[schools]\nid = "s"\n', encoding="utf-8")
    with pytest.raises(ScenarioError, match="this is a district file"):
        load_scenario(file)


MOVED_300 = '[[rule]]\nuse = "max_students_moved"\nmax_students = 300\n'


@pytest.mark.parametrize(
    ("base", "own", "most"),
    [
        (
            "max_students_moved = 100\n",
            '[[rule]]\nuse = "max_students_moved"\nmax_students = 300\n',
            300,
        ),
        (
            '[[rule]]\nuse = "max_students_moved"\nmax_students = 300\n',
            "max_students_moved = 100\n",
            100,
        ),
        ("max_students_moved = 100\n", 'without = ["max_students_moved"]\n', None),
        ("max_students_moved = 100\n", "max_students_moved = 50\n", 50),
    ],
)
def test_the_short_limit_on_moves_is_the_rule_of_that_name(
    tmp_path: Path, base: str, own: str, most: float | None
) -> None:
    """Whichever way it is written, an extending file replaces it or leaves it out."""
    write(tmp_path, base, "base.toml")
    text = 'schema = 1\ntitle = "Own"\nextends = "base.toml"\n'
    scenario = load_scenario(write(tmp_path, own, "own.toml", head=text))
    limits = [p.rule.max_students for p in scenario.rules if p.rule.name == "max_students_moved"]
    assert limits == ([] if most is None else [most])


def test_a_wrong_limit_on_moves_is_told_with_its_line(tmp_path: Path) -> None:
    """The short form is checked like the rule."""
    fault = faults_of(tmp_path, 'max_students_moved = "many"\n')
    assert "max_students" in fault
    assert "line" in fault


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[objective]]\nuse = "travel"\nkeep_within_shar = 0.1\n', "keep_within_share"),
        ('[[rule]]\nuse = "contiguity"\nlevls = ["elementary"]\n', "levels"),
        ('[[rule]]\nuse = "limit"\nobjective = "travel"\nat_mst = 3.0\n', "at_most"),
    ],
)
def test_keys_that_all_tables_share_are_suggested_too(tmp_path: Path, text: str, told: str) -> None:
    """A slip in `levels` is told as one in a rule's own options is."""
    assert f"did you mean '{told}'?" in faults_of(tmp_path, text)


@pytest.mark.parametrize(
    ("option", "told", "not_told"),
    [
        ("max_miles = 2.5", "distances are in km: 2.5 miles are 4.02 km", "did you mean"),
        ('max_miles = "far"', "1 mile is 1.609 km", "did you mean"),
        ("max_hours = 1", "there are: ", "did you mean"),
        ("max_minuts = 20", "did you mean 'max_minutes'?", "km"),
    ],
)
def test_no_unit_is_suggested_for_another(
    tmp_path: Path, option: str, told: str, not_told: str
) -> None:
    """A limit of 2.5 miles must not become one of 2.5 minutes by following advice."""
    fault = faults_of(tmp_path, f'[[rule]]\nuse = "travel_limit"\n{option}\n')
    assert told in fault
    assert not_told not in fault


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("seed = -1\n", "seed = -1 must not"),
        ("[stop]\ngap = 2.0\n", "gap = 2 is a share"),
        (
            '[[objective]]\nuse = "students_moved"\n[[objective]]\nuse = "travel"\n'
            "keep_within_share = 5.0\n",
            "become 6 times as much",
        ),
    ],
)
def test_numbers_out_of_range_are_told_when_the_file_is_read(
    tmp_path: Path, text: str, told: str
) -> None:
    """As on the command line, before anything runs."""
    assert told in faults_of(tmp_path, text)


def test_rules_of_today_and_of_later_years_extend_together(tmp_path: Path) -> None:
    """Both capacity rules of a base are taken over, and both are replaced by one of that kind."""
    two = '[[rule]]\nuse = "capacity"\nceiling_share = 1\n' * 2 + "years = [2031]\n"
    write(tmp_path, two, "base.toml")
    child = 'extends = "base.toml"\n'
    both = load_scenario(write(tmp_path, child, "child.toml", head="schema = 1\n"))
    assert [placed.years for placed in both.rules] == [(), (2031,)]
    child += '[[rule]]\nuse = "capacity"\nceiling_share = 1.1\nyears = [2033]\n'
    own = load_scenario(write(tmp_path, child, "child.toml", head="schema = 1\n"))
    assert [placed.years for placed in own.rules] == [(2033,)]
