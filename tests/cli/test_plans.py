"""Commands that score, compare and report plans."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from planner.runs import read_run


@pytest.fixture(scope="session")
def drawn(town: Path) -> Path:
    """Return a plan drawn elsewhere, with its own column names and a school by name."""
    plan = pd.read_csv(town / "district" / "plan.csv", dtype=str)
    schools = pd.read_csv(town / "district" / "schools.csv", dtype=str)
    names = dict(zip(schools.iloc[:, 0], schools["name"], strict=True))
    plan = plan[plan["level"] == "elementary"]
    one = plan["school_id"].iloc[0]
    plan.loc[plan.index[:3], "school_id"] = sorted(set(plan["school_id"]) - {one})[0]
    path = town / "drawn.csv"
    pd.DataFrame({"GEO": plan["block_id"], "SCHOOL": plan["school_id"].map(names)}).to_csv(
        path, index=False
    )
    return path


def test_evaluate_scores_a_plan_drawn_elsewhere(call, town: Path, drawn: Path) -> None:
    """Columns are named on the command line; measures stand beside today's."""
    said = call(
        "evaluate", town / "district", "--plan", drawn,
        "--id-column", "GEO", "--school-column", "SCHOOL", "--scenario", town / "scenario.toml",
    )  # fmt: skip
    assert said.code == 0
    assert "students who change school" in said.out
    assert "Rules:" in said.out
    lines = said.out.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("Who meets whom"))
    names = lines[at + 1].split()
    assert names[-1] == "poverty"
    rows = [line.split() for line in lines[at + 2 : at + 1 + len(names)]]
    assert [row[0] for row in rows] == names[:-1]
    today = [float(cell) for cell in rows[0][1::3]]
    assert abs(sum(today[:-1]) - 100) <= len(names)


def test_evaluate_json_is_one_document(call, town: Path, drawn: Path) -> None:
    """Nothing but JSON on stdout; unknown numbers are null."""
    said = call("evaluate", town / "district", "--plan", drawn, "--json")
    assert said.code == 0
    moved = [
        row
        for row in said.json["metrics"]
        if (row["metric"], row["scope"]) == ("blocks_moved", "level")
    ]
    assert moved[0]["plan"] == 3


def test_evaluate_with_a_wrong_column_is_bad_input(call, town: Path, drawn: Path) -> None:
    """The missing column is named, with those there are."""
    said = call("evaluate", town / "district", "--plan", drawn, "--id-column", "geoid")
    assert said.code == 2
    assert "geoid" in said.err


def test_an_evaluated_plan_is_a_run_like_any_other(
    call, town: Path, drawn: Path, tmp_path: Path
) -> None:
    """What evaluate writes, compare and report read."""
    for name in ("a", "b"):
        said = call(
            "evaluate", town / "district", "--plan", drawn, "--out", tmp_path / name, "--json"
        )
        assert said.code == 0
    said = call("compare", tmp_path / "a", tmp_path / "b", "--json")
    assert said.code == 0
    assert said.json["options"] == ["a", "b"]
    for ending in ("csv", "xlsx", "md"):
        file = tmp_path / "new" / f"side_by_side.{ending}"
        assert call("compare", tmp_path / "a", tmp_path / "b", "--out", file).code == 0
        assert file.stat().st_size > 100
    said = call("report", tmp_path / "a", "--out", tmp_path / "report")
    assert said.code == 0
    assert (tmp_path / "report" / "index.html").is_file()
    for phase in ("read the runs", "workbook", "PDF of option A", "page"):
        assert phase in said.err


def test_what_a_plan_file_lacks_is_a_warning_of_the_result(
    call, town: Path, tmp_path: Path
) -> None:
    """Rows of unknown blocks and blocks left out are told in the text and in the JSON."""
    plan = pd.read_csv(town / "district" / "plan.csv", dtype=str)
    plan = plan[plan["level"] == "elementary"].iloc[1:]
    plan.iloc[0, plan.columns.get_loc("block_id")] = "nowhere"
    plan.to_csv(tmp_path / "plan.csv", index=False)
    words = ("evaluate", town / "district", "--plan", tmp_path / "plan.csv")
    told = call(*words, "--json").json["warnings"]
    assert "not in the district (nowhere)" in told[0]
    assert "2 of 150 blocks are in no elementary zone" in told[1]
    text = call(*words)
    assert text.out.count("nowhere") == 1
    assert text.err == ""


def test_evaluate_refuses_an_existing_run(call, town: Path, drawn: Path, tmp_path: Path) -> None:
    """Without --overwrite, what is there stays."""
    words = ("evaluate", town / "district", "--plan", drawn, "--out", tmp_path / "run")
    assert call(*words).code == 0
    again = call(*words)
    assert (again.code, "--overwrite" in again.err) == (2, True)
    assert call(*words, "--overwrite").code == 0


def test_a_damaged_run_is_told(call, town: Path, drawn: Path, tmp_path: Path) -> None:
    """Compare and report name the damaged file, write nothing and end with 2."""
    run = tmp_path / "run"
    assert call("evaluate", town / "district", "--plan", drawn, "--out", run).code == 0
    (run / "metrics.csv").write_text("metric\n")
    for words in (("compare", run), ("report", run, "--out", tmp_path / "report")):
        said = call(*words)
        assert said.code == 2
        assert "metrics.csv" in said.err
    assert not (tmp_path / "report").exists()


@pytest.mark.parametrize(
    ("words", "said_of_it"),
    [
        (("--privacy", "five"), "add --public"),
        (("--threshold", "20"), "add --public"),
        (("--public", "--privacy", "secret"), "eleven"),
        (("--public", "--threshold", "1"), "hides nothing"),
        (("--public", "--earlier", "nowhere"), "public-record.json"),
    ],
)
def test_privacy_is_for_public_packets(
    call, town: Path, drawn: Path, tmp_path: Path, words: tuple[str, ...], said_of_it: str
) -> None:
    """A rule that would not be kept, or does not exist, is refused before anything is written."""
    run = tmp_path / "run"
    assert call("evaluate", town / "district", "--plan", drawn, "--out", run).code == 0
    said = call("report", run, "--out", tmp_path / "report", *words)
    assert (said.code, said_of_it in said.err) == (2, True)
    assert not (tmp_path / "report").exists()


def test_a_comparison_has_a_known_ending(call, town: Path, drawn: Path, tmp_path: Path) -> None:
    """An ending nobody can read is refused with those that can be."""
    run = tmp_path / "run"
    call("evaluate", town / "district", "--plan", drawn, "--out", run)
    said = call("compare", run, "--out", tmp_path / "table.pdf")
    assert (said.code, ".xlsx" in said.err) == (2, True)


def test_evaluate_reads_the_plan_of_a_run_folder(call, town: Path, drawn: Path, tmp_path) -> None:
    """A run's folder stands for its plan.csv."""
    run = tmp_path / "run"
    words = ("evaluate", town / "district", "--plan")
    columns = ("--id-column", "GEO", "--school-column", "SCHOOL")
    assert call(*words, drawn, *columns, "--out", run).code == 0
    assert call(*words, run).code == 0


def test_evaluate_prints_the_title_it_is_given(call, town: Path, drawn: Path) -> None:
    """Figures of a plan do not stand under the name of the scenario it is checked by."""
    columns = ("--id-column", "GEO", "--school-column", "SCHOOL", "--title", "Draft of May")
    words = ("evaluate", town / "district", "--plan", drawn, *columns)
    said = call(*words, "--scenario", town / "scenario.toml")
    assert said.out.splitlines()[0] == "Draft of May"
    assert call(*words, "--json").json["title"] == "Draft of May"


def test_evaluate_knows_the_schools_that_open(call, town: Path, tmp_path: Path) -> None:
    """A plan of a scenario that opens a school is scored with it; its one level is meant."""
    plan = pd.read_csv(town / "district" / "plan.csv", dtype=str)
    plan = plan[plan["level"] == "elementary"].drop(columns="level")
    plan.loc[plan.index[:5], "school_id"] = "NEW"
    plan.to_csv(tmp_path / "new.csv", index=False)
    opens = f'[[event]]\nkind = "open"\nschool = "NEW"\nblock = "{plan["block_id"].iloc[0]}"\n'
    text = (town / "scenario.toml").read_text(encoding="utf-8")
    scenario = town / "opens.toml"
    scenario.write_text(f'{text}\n{opens}level = "elementary"\ncapacity_seats = 300\n')
    words = ("evaluate", town / "district", "--plan", tmp_path / "new.csv")
    assert call(*words).code == 2
    said = call(*words, "--scenario", scenario, "--json")
    assert said.code == 0
    moved = [row for row in said.json["metrics"] if row["metric"] == "blocks_moved"]
    levels = [row["id"] for row in moved if row["scope"] == "level"]
    assert levels == ["elementary"]


def test_evaluate_measures_levels_that_the_scenario_does_not_redraw(
    call, town: Path, tmp_path: Path
) -> None:
    """A plan of more levels than the scenario's is no conflict; what is not judged is said."""
    plan = pd.read_csv(town / "district" / "plan.csv", dtype=str)
    assert plan["level"].nunique() > 1
    plan.to_csv(tmp_path / "both.csv", index=False)
    words = ("evaluate", town / "district", "--plan", tmp_path / "both.csv", "--json")
    said = call(*words, "--scenario", town / "scenario.toml")
    assert said.code == 0
    assert {finding["level"] for finding in said.json["findings"]} == {"elementary"}
    others = sorted(set(plan["level"]) - {"elementary"})
    told = [text for text in said.json["warnings"] if "the scenario does not redraw" in text]
    assert [text.split(":")[0] for text in told] == others
    only = call(*words, "--level", others[0]).json["metrics"]
    assert {row["id"] for row in only if row["scope"] == "level"} == {others[0]}


def test_evaluate_writes_a_run_of_an_incomplete_plan(
    call, town: Path, drawn: Path, tmp_path: Path
) -> None:
    """A block without a school breaks assign_once; the aims are unknown, not refused."""
    part, run = tmp_path / "part.csv", tmp_path / "run"
    pd.read_csv(drawn, dtype=str).iloc[1:].to_csv(part, index=False)
    scenario = tmp_path / "scenario.toml"
    text = (town / "scenario.toml").read_text(encoding="utf-8").replace("students_moved", "travel")
    scenario.write_text(text.replace("district/", f"{town.as_posix()}/district/"))
    said = call(
        "evaluate", town / "district", "--plan", part, "--id-column", "GEO",
        "--school-column", "SCHOOL", "--scenario", scenario, "--out", run,
    )  # fmt: skip
    assert said.code == 0
    rules = pd.read_csv(run / "rules.csv").set_index("rule")
    assert rules["ok"]["assign_once"] == "no"
    assert pd.isna(read_run(run).record["objectives"][0]["value"])


def test_evaluate_speaks_of_the_command_line_not_of_a_district_file(
    call, town: Path, drawn: Path, tmp_path: Path
) -> None:
    """A missing file and lost zeros get remedies that a plan drawn elsewhere can follow."""
    said = call("evaluate", town / "district", "--plan", tmp_path / "nothing.csv")
    assert said.code == 2
    assert "relative to the folder the command runs in" in said.err


def test_evaluate_scores_a_plan_that_serves_some_grades_only(
    call, town: Path, tmp_path: Path
) -> None:
    """A plan of K-2 alone has counts; how cohorts go on is measured where a next grade is."""
    plan = pd.read_csv(town / "district" / "plan.csv", dtype=str)
    plan = plan[plan["level"] == "elementary"].assign(grade_low="K", grade_high="2")
    plan.to_csv(tmp_path / "k2.csv", index=False)
    words = ("evaluate", town / "district", "--plan", tmp_path / "k2.csv")
    said = call(*words, "--json")
    assert said.code == 0
    of = {row["metric"]: row["plan"] for row in said.json["metrics"] if row["scope"] == "level"}
    assert of["students_unplaced"] > 0
    assert call(*words, "--scenario", town / "scenario.toml").code == 0


def test_a_phase_in_is_a_page_with_its_tables(call, town: Path, drawn: Path, tmp_path) -> None:
    """From a run to a page of the plan's first years; the options decide policies and years."""
    run, out = tmp_path / "run", tmp_path / "phase_in"
    assert call("evaluate", town / "district", "--plan", drawn, "--out", run).code == 0
    words = ("phase-in", run, "--out", out, "--stay", "none,2", "--years", 2, "--siblings", "0.1")
    said = call(*words, "--json")
    assert said.code == 0
    assert said.json["policies"] == ["No change", "All at once", "Last 2 grades stay"]
    tables = [pd.read_csv(out / name) for name in ("phase_in.csv", "schools.csv")]
    assert [table["year"].max() for table in tables] == [2, 2]
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "Last 2 grades stay" in page
    assert "<svg" in page
    again = call(*words)
    assert again.code == 2
    assert "--overwrite" in again.err
    assert call(*words, "--overwrite").code == 0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--stay", "some"), "'some' cannot be read as who stays"),
        (("--siblings", "many"), "cannot be read as shares of siblings"),
        (("--siblings", "1.2"), "not between 0 and 1"),
    ],
)
def test_a_phase_in_says_which_option_it_cannot_read(
    call, town: Path, drawn: Path, tmp_path: Path, options: tuple[str, str], told: str
) -> None:
    """Bad options are bad input, told before anything is written."""
    run, out = tmp_path / "run", tmp_path / "phase_in"
    assert call("evaluate", town / "district", "--plan", drawn, "--out", run).code == 0
    said = call("phase-in", run, "--out", out, *options)
    assert said.code == 2
    assert told in said.err
    assert not out.exists()


def test_the_editor_begins_with_a_run_or_with_today(
    call, town: Path, drawn: Path, tmp_path: Path
) -> None:
    """One page a command; what is there is not lost; only a page can be opened by its ending."""
    run, page = tmp_path / "run", tmp_path / "pages" / "edit.html"
    assert call("evaluate", town / "district", "--plan", drawn, "--out", run).code == 0
    said = call("edit", run, "--out", page)
    assert said.code == 0
    assert "planner evaluate" in said.out
    assert "drawn" in page.read_text(encoding="utf-8")
    again = call("edit", town / "district", "--out", page)
    assert again.code == 2
    assert "--overwrite" in again.err
    today = call("edit", town / "district", "--out", page, "--overwrite", "--json")
    assert today.code == 0
    assert today.json["levels"] == ["elementary", "high", "middle"]
    assert [path.name for path in page.parent.iterdir()] == ["edit.html"]
    wrong = call("edit", run, "--out", tmp_path / "edit.csv")
    assert wrong.code == 2
    assert "end the name in .html" in wrong.err
