"""The two stories: what their examples must show, and the figures they are fitted to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from planner.reorganise import Comparison, compare_structures

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


def load(name: str, module: str) -> ModuleType:
    """Import a module of an example without leaving it behind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(EXAMPLES / name))
        sys.modules.pop(module, None)
        return __import__(module)


@pytest.fixture(scope="module")
def clinton_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the options of the Clinton example that need no search."""
    folder = tmp_path_factory.mktemp("clinton")
    load("clinton", "town").write_town(folder / "synthetic")
    text = (EXAMPLES / "clinton" / "structures.toml").read_text(encoding="utf-8")
    head, *options = text.split("[[option]]")
    quick = [part for part in options if 'kind = "redrawn"' not in part and "base =" not in part]
    (folder / "structures.toml").write_text("[[option]]".join([head, *quick]), encoding="utf-8")
    for name in ("spans.csv", "structures_race.toml"):
        (folder / name).write_bytes((EXAMPLES / "clinton" / name).read_bytes())
    return folder


@pytest.fixture(scope="module")
def clinton(clinton_folder: Path) -> Comparison:
    """Return them compared for even poverty, as the example does."""
    return compare_structures(clinton_folder / "structures.toml", clinton_folder / "out")


def test_grade_centers_score_as_in_the_story(clinton) -> None:
    """D = 0, Black isolation .54, exposure to white .38, equal poverty, 6 changes against 2."""
    centers = "Grade centers"
    assert clinton.value(centers, "aim") == pytest.approx(0, abs=1e-12)
    assert clinton.value(centers, "dissimilarity", "black - white") == pytest.approx(0, abs=1e-12)
    assert clinton.value(centers, "isolation", "black") == pytest.approx(0.54, abs=1e-9)
    assert clinton.value(centers, "exposure", "black to white") == pytest.approx(0.38, abs=1e-9)
    assert clinton.value(centers, "exposure", "white to black") == pytest.approx(0.54, abs=1e-9)
    assert clinton.value(centers, "parity_gap") == pytest.approx(0, abs=1e-12)
    assert clinton.value(centers, "poverty_exposure", "black") == pytest.approx(0.5, abs=0.005)
    assert clinton.value(centers, "transitions") == 6
    assert clinton.value(centers, "years_per_building") == pytest.approx(13 / 7)
    assert clinton.value("With room", "transitions") == 2
    assert clinton.value("With room", "dissimilarity", "black - white") > 0.1
    assert clinton.value(centers, "dissimilarity_pooled", "black - white") > 0.04


def test_the_bands_are_found_unaided(clinton) -> None:
    """From seats, allowed grades and the aim: the same bands, proven."""
    stated, found = clinton.results[:2]
    assert found.status == "PROVEN_OPTIMAL"
    bands = sorted(stated.arrangement.spans().values())
    assert sorted(found.arrangement.spans().values()) == bands
    assert bands == sorted(["K-1", "2-3", "4-5", "6", "7-8", "9", "10-12"])


def test_the_caveats_are_in_the_output(clinton) -> None:
    """What must not be concluded stands in the text, and that the town is synthetic."""
    text = clinton.text()
    assert "What must not be concluded" in text
    assert "The town is synthetic" in text


def test_race_decides_only_where_it_is_asked_for(clinton, clinton_folder: Path) -> None:
    """By default race is watched; the file that counts it says so and prints the caution."""
    used = {use.variable: use.decides for use in clinton.ledger.uses}
    assert used["poor"]
    assert not used["group:black"]
    assert "not legal advice" not in clinton.text()
    counted = compare_structures(clinton_folder / "structures_race.toml", clinton_folder / "race")
    assert "not legal advice" in counted.text()
    assert counted.value("Grade centers", "aim") == pytest.approx(0, abs=1e-12)


def test_the_city_has_the_published_moments(tmp_path: Path) -> None:
    """Poverty 76 %, a gap of about 30 points, a third of 118 schools near the mean, and so on."""
    _, moments = load("oakland", "city").write_city(tmp_path / "city")
    off = (moments["synthetic city"] - moments["fitted to"]).abs()
    assert (off <= 0.02 * moments["fitted to"].clip(lower=1.0)).all()
    assert moments["synthetic city"].iloc[0] == pytest.approx(0.76, abs=0.001)
    assert moments["synthetic city"].iloc[1] == 118


def short_copy(name: str, folder: Path) -> Path:
    """Copy an example with a short time for each search."""
    copy = shutil.copytree(EXAMPLES / name, folder / name)
    for file in copy.glob("*.toml"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("time_limit_s = 60", "time_limit_s = 10"), encoding="utf-8")
    return copy


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "words", "said"),
    [
        ("clinton", ["out"], ["Best zones", "What must not be concluded", "Changes of building"]),
        ("oakland", ["10"], ["Proven: at most", "What must not be concluded", "change school"]),
    ],
)
def test_examples_run_by_one_command(
    tmp_path: Path, name: str, words: list[str], said: list[str]
) -> None:
    """The documented command ends well and prints what it promises."""
    script = short_copy(name, tmp_path) / "run.py"
    done = subprocess.run(
        [sys.executable, str(script), *words], cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(EXAMPLES.parent)},
        capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for part in said:
        assert part in done.stdout
