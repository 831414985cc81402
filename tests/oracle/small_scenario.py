"""The question most tests ask about a small made-up town: whole zones with room, then the aims."""

from __future__ import annotations

__all__ = ["small_scenario"]


def small_scenario(aims: str, title: str = "Small town", levels: str = '["elementary"]') -> str:
    """Return a scenario file about ``district/district.toml``.

    Parameters
    ----------
    aims : str
        What follows the rules: tables such as ``[[objective]]``.
    title : str
    levels : str
        As in the file.
    """
    return f"""\
schema = 1
title = "{title}"
district = "district/district.toml"
levels = {levels}

[[rule]]
use = "contiguity"

[[rule]]
use = "school_in_own_zone"

[[rule]]
use = "capacity"
floor_share = 0.3
ceiling_share = 1.4

{aims}"""
