"""What is measured: districts, questions and times; no case is known to the product.

A case is plain values, so that it can be handed to a process of its own.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]

# rules and aims of the two questions, the same for made-up and real districts
ZONES = [{"use": "contiguity", "islands": "keep"}, {"use": "school_in_own_zone"}]
QUESTIONS: dict[str, dict[str, Any]] = {
    "dissimilarity": {
        "race_conscious": True,
        "rule": [
            {"use": "travel_limit", "times_today": 1.5, "max_km": 3},
            {"use": "size", "relative_to": "today", "floor_share": 0.85, "ceiling_share": 1.15},
            *ZONES,
        ],
        "objective": [{"use": "dissimilarity", "group": "black", "against": "others"}],
    },
    "travel": {
        "rule": [
            {"use": "nearest_schools", "count": 8},
            {"use": "size", "relative_to": "today", "floor_share": 0.9, "ceiling_share": 1.1},
            *ZONES,
        ],
        "objective": [{"use": "travel"}],
    },
}


@dataclass(frozen=True)
class Case:
    """One measurement.

    Parameters
    ----------
    name : str
    kind : {"ladder", "scenario", "published", "growth"}
    seconds : float [s]
        Time of the product, and of CP-SAT on the same model.
    size : tuple of (blocks, elementary schools)
        Of a made-up district.
    question : str
        Key of `QUESTIONS`, for made-up districts.
    path : str
        Scenario file, or folder of the published format.
    with_cpsat : bool
    known : dict of text to number
        Figures of others for the same question, shown beside ours.
    """

    name: str
    kind: str
    seconds: float
    size: tuple[int, int] = (0, 0)
    question: str = ""
    path: str = ""
    with_cpsat: bool = False
    known: dict[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


LADDER = ((250, 6), (2_500, 24), (10_000, 80), (25_000, 140))
LADDER_S = {250: 30.0, 2_500: 120.0, 10_000: 300.0, 25_000: 900.0}
HENRICO = {
    "dissimilarity": {
        "CP-SAT 120 s": 0.5689,
        "neighbourhoods 120 s": 0.5439,
        "annealing 105 s": 0.5384,
        "bound": 0.5341,
    },
    "travel": {},
}


def shared(variable: str, folder: str) -> Path:
    """Return where real districts or published instances are, if they are here."""
    return Path(os.environ.get(variable) or REPOSITORY.parent / "shared" / folder)


def ladder(quick: bool) -> list[Case]:
    """Return made-up districts, from small to very large, two questions each."""
    sizes = LADDER[:2] if quick else LADDER
    return [
        Case(
            f"ladder-{n}-{question}",
            "ladder",
            8.0 if quick else LADDER_S[n],
            size=(n, schools),
            question=question,
            with_cpsat=n <= (250 if quick else 10_000),
        )
        for n, schools in sizes
        for question in QUESTIONS
    ]


def growth(quick: bool) -> list[Case]:
    """Return the sizes for which load, check and build are timed."""
    sizes = LADDER[:2] if quick else LADDER
    made = [Case(f"growth-{n}", "growth", 0.0, size=(n, m)) for n, m in sizes]
    file = REPOSITORY / "tests" / "real" / "henrico" / "travel.toml"
    if shared("SHARED_DATA", "data").is_dir():
        made.append(Case("growth-henrico", "growth", 0.0, path=str(file)))
    return made


def henrico(quick: bool) -> list[Case]:
    """Return the two questions of the real county, where its files are here."""
    if not shared("SHARED_DATA", "data").is_dir():
        return []
    folder = REPOSITORY / "tests" / "real" / "henrico"
    cases = [
        Case(
            f"henrico-{name}",
            "scenario",
            10.0 if quick else 120.0,
            path=str(folder / f"{name}.toml"),
            with_cpsat=not quick,
            known=HENRICO[name],
        )
        for name in ("dissimilarity", "travel")
    ]
    if not quick:
        cases.append(replace(cases[0], name="henrico-dissimilarity-600s", seconds=600.0))
    return cases


def published(quick: bool) -> list[Case]:
    """Return every folder of the published format that is here."""
    home = shared("SHARED_BENCH", "bench")
    folders = sorted(path.parent for path in home.glob("*/instance.json")) if home.is_dir() else []
    seconds = 10.0 if quick else 120.0
    return [Case(f"published-{f.name}", "published", seconds, path=str(f)) for f in folders]


def all_cases(quick: bool) -> list[Case]:
    """Return everything there is to measure."""
    return [*growth(quick), *ladder(quick), *henrico(quick), *published(quick)]
