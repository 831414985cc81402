"""What the public may see: the only door from a run's numbers to public files.

`open_gate` decides; `published_before` and `record_text` remember what a folder has told.
"""

from planner.disclosure.gate import GEOMETRIC, Published, Release, open_gate
from planner.disclosure.presets import PRESETS, Preset, find_preset
from planner.disclosure.record import RECORD, published_before, record_text

__all__ = [
    "GEOMETRIC",
    "PRESETS",
    "RECORD",
    "Preset",
    "Published",
    "Release",
    "find_preset",
    "open_gate",
    "published_before",
    "record_text",
]
