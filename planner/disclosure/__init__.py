"""What the public may see: the only door from a run's numbers to public files.

`open_gate` decides, and `publish` sees to it that a packet made once more tells the same;
`published_before` and `record_text` remember what a folder has told, and `kept_record` does so
for a packet that is not for the public.
"""

from planner.disclosure.gate import Release, open_gate
from planner.disclosure.memory import Published
from planner.disclosure.publish import publish
from planner.disclosure.rates import GRAINS
from planner.disclosure.record import RECORD, kept_record, published_before, record_text
from planner.disclosure.shown import GEOMETRIC
from planner.privacy import PRESETS, Preset, find_preset

__all__ = [
    "GEOMETRIC",
    "GRAINS",
    "PRESETS",
    "RECORD",
    "Preset",
    "Published",
    "Release",
    "find_preset",
    "kept_record",
    "open_gate",
    "publish",
    "published_before",
    "record_text",
]
