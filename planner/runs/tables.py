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
    "moves.csv": [
        "level",
        "from_school",
        "to_school",
        "blocks",
        "students",
        "from_name",
        "to_name",
    ],
}
NUMBERS = {
    "metrics.csv": ["baseline", "plan", "change"],
    "rules.csv": ["measured", "limit"],
    "moves.csv": ["blocks", "students"],
}
ADDED = {"rules.csv": ["level", "side", "school"], "moves.csv": ["from_name", "to_name"]}
"""Last columns, which older runs do not have."""
