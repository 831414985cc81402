"""The README tells the truth: its tables, its commands, its files."""

from __future__ import annotations

import re
import tomllib

import pytest
from readme_tables import README, TABLES, spoken, with_tables
from source_tree import REPOSITORY
from typer.testing import CliRunner

from planner.cli import COMMANDS, app

TEXT = README.read_text(encoding="utf-8")


def test_tables_are_those_of_the_docstrings() -> None:
    """If this fails: python tests/architecture/readme_tables.py."""
    assert with_tables(TEXT) == TEXT
    assert set(re.findall(r"<!-- table: (\w+) -->", TEXT)) == set(TABLES)


@pytest.mark.parametrize("command", [spoken(command) for command in COMMANDS])
def test_every_command_is_documented_with_an_example(command: str) -> None:
    """Each command stands in the README, and its help shows an example and its options."""
    assert f"`planner {command}`" in TEXT
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert f"Example: planner {command}" in re.sub(r"\s+", " ", result.output)


@pytest.mark.parametrize("command", [spoken(command) for command in COMMANDS])
def test_options_with_numbers_state_their_unit(command: str) -> None:
    """Help shows units in square brackets wherever a command deals in quantities."""
    output = CliRunner().invoke(app, [command, "--help"]).output
    if "--time-limit" in output:
        assert "[s]" in output


def test_toml_in_the_readme_is_toml() -> None:
    """Every snippet a reader may copy can be read."""
    snippets = re.findall(r"^( *)```toml\n(.*?)^\1```", TEXT, re.S | re.M)
    assert snippets
    for _, snippet in snippets:
        tomllib.loads(snippet)


def test_both_commands_are_one_line_and_name_system_packages() -> None:
    """The two commands a newcomer needs can be copied whole."""
    for mark in ("demo command", "test command"):
        block = re.search(rf"<!-- {mark} -->\n```bash\n(.*?)```\n<!-- end -->", TEXT, re.S)
        assert block is not None
        assert block[1].count("\n") == 1
        assert "python3-venv" in block[1]


def test_named_folders_exist() -> None:
    """The table of where things live names only what is there."""
    block = TEXT[TEXT.index("## Where things live") :].split("```")[1]
    named = re.findall(r"(?:^|; )((?:[a-z]+/)+)", block.strip(), re.M)
    assert {"geodata/", "planner/hearing/", "tests/"} <= set(named)
    assert [name for name in named if not (REPOSITORY / name).is_dir()] == []
