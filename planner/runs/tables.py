"""Names and columns of the files of a run: what other programs rely on."""

from __future__ import annotations

__all__ = ["ADDED", "COLUMNS", "NUMBERS", "RECORD"]

RECORD = "run.json"
COLUMNS = {
    "metrics.csv": ["metric", "scope", "id", "group", "baseline", "plan", "change", "unit"],
    "rules.csv": [
        "rule",
        "ok",
        "measured",
        "limit",
        "unit",
        "where",
        "sentence",
        "level",
        "side",
        "school",
    ],
    "moves.csv": ["level", "from_school", "to_school", "blocks", "students"],
}
NUMBERS = {
    "metrics.csv": ["baseline", "plan", "change"],
    "rules.csv": ["measured", "limit"],
    "moves.csv": ["blocks", "students"],
}
ADDED = {"rules.csv": ["level", "side", "school"]}  # last columns that older runs do not have
