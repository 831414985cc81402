"""A small town and its runs, made once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hearing_fixtures import DAY, small_town, write_run

from planner.hearing import map_files, report
from planner.hearing.packet import Packet, open_packet


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a district file."""
    return small_town(tmp_path_factory.mktemp("town") / "district")


@pytest.fixture(scope="session")
def runs(town: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return two run folders about the town."""
    folder = tmp_path_factory.mktemp("runs")
    return [write_run(folder / f"r{seed}", town, seed=seed) for seed in (1, 2)]


@pytest.fixture(scope="session")
def packet(runs: list[Path]) -> Packet:
    """Return the packet of both runs."""
    return open_packet(runs, day=DAY)


@pytest.fixture(scope="session")
def inside(runs: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the packet with every number."""
    return report(runs, tmp_path_factory.mktemp("inside") / "packet", day=DAY).parent


def blank_poster(figure: object, path: Path, title: str, told: str) -> list[Path]:
    """Write empty files in place of a poster: drawing takes most of the time of a packet."""
    files = [path.with_name(path.name + suffix) for suffix in (".png", ".svg", ".pdf")]
    for file in files:
        file.touch()
    return files


@pytest.fixture(autouse=True)
def blank_posters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw no posters but those of the packet `inside`, which are looked at."""
    monkeypatch.setattr(map_files, "save_poster", blank_poster)


@pytest.fixture(scope="session")
def outside(runs: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the packet for the public."""
    folder = tmp_path_factory.mktemp("outside") / "packet"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(map_files, "save_poster", blank_poster)
        return report(runs, folder, day=DAY, public=True).parent
