"""Colours and patterns of school zones, the same on every map of a packet.

A school keeps one colour and one pattern everywhere; they follow from today's zones, so that the
packets of a district agree as far as their plans allow.  Two schools whose zones touch in any of
the plans shown never share one, and no two schools have the same colour and pattern as long as
there are others.  The colours stay apart for readers with the three kinds of colour blindness and
differ in lightness, so that a grey print still separates them; each colour has a pattern of its
own, and another one where it is used again, so that nothing depends on colour alone.
`tests/unit/hearing/test_palette.py` measures all of this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

__all__ = [
    "COLOURS", "INK", "OLD", "STATE_GROUND", "UNKNOWN",
    "Swatch", "assign_swatches", "lightness", "pale",
]  # fmt: skip

INK = "#1a1a1a"
"""Text and outlines on top of every colour (contrast at least 4.5 : 1, tested)."""

OLD = "#8c1d18"
"""Dashes of today's borders on maps of changes."""

UNKNOWN = "#f2f2f2"
"""Areas whose school is not known."""

STATE_GROUND = {
    "draft": "#7a1f1f", "adopted": "#14532d", "not_adopted": "#4a4a4a", "today": "#4a4a4a",
}  # fmt: skip
"""Behind the word on every sheet that says what was decided; the same on the page."""


@dataclass(frozen=True, slots=True)
class Swatch:
    """How the zone of a school is filled.

    Parameters
    ----------
    index : int
        Place in `COLOURS`.
    fill : str
        Colour, ``#rrggbb``.
    pattern : str
        Name of the pattern: plain, dots, diagonal, antidiagonal, horizontal, vertical, cross,
        rings (and the first four again, dense, for a ninth to twelfth colour).
    hatch : str
        The pattern as matplotlib writes it.
    """

    index: int
    fill: str
    pattern: str
    hatch: str


# Found by a numeric search for the largest smallest difference (CIEDE2000) under normal vision,
# protanopia, deuteranopia and tritanopia, with lightness in even steps from 57 to 93.  The last
# four are used only where eight are not enough.
COLOURS = (
    Swatch(0, "#ffe7c9", "plain", ""),
    Swatch(1, "#ace7e6", "dots", "."),
    Swatch(2, "#cad67d", "diagonal", "/"),
    Swatch(3, "#d1b5f3", "antidiagonal", "\\"),
    Swatch(4, "#4ac5ab", "horizontal", "-"),
    Swatch(5, "#f18193", "vertical", "|"),
    Swatch(6, "#8e8ede", "cross", "x"),
    Swatch(7, "#ad8143", "rings", "o"),
    Swatch(8, "#b58fb2", "dense dots", ".."),
    Swatch(9, "#5c906a", "dense diagonal", "//"),
    Swatch(10, "#91b565", "dense antidiagonal", "\\\\"),
    Swatch(11, "#ffafc5", "dense horizontal", "--"),
)
_BASE = 8


def lightness(colour: str) -> float:
    """Return the CIE lightness of a colour, what a grey print keeps.

    Parameters
    ----------
    colour : str
        ``#rrggbb``

    Returns
    -------
    float
        L* [0 black to 100 white].
    """
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    y = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 116 * y ** (1 / 3) - 16 if y > 216 / 24389 else y * 24389 / 27


def pale(colour: str, share: float = 0.3) -> str:
    """Mix a colour with white; `share` of the colour stays."""
    channels = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(255 - share * (255 - c)):02x}" for c in channels)


def assign_swatches(
    schools: Iterable[str],
    touching: Iterable[tuple[str, str]],
    *,
    wanted: Mapping[str, Swatch] | None = None,
    may_share: bool = False,
) -> Mapping[str, Swatch]:
    """Give every school its colour and pattern.

    Parameters
    ----------
    schools : iterable of str
    touching : iterable of (str, str)
        Pairs of schools whose zones share a border in any of the plans shown.
    wanted : mapping of school to Swatch, optional
        What a school keeps, in the order of their ids, unless a neighbour has that colour.
    may_share : bool
        Whether neighbours may share a colour, with another pattern, where there are too few.

    Returns
    -------
    mapping of school to Swatch
        The same for the same arguments, whatever their order.

    Notes
    -----
    Schools are coloured in the order of fewest colours left (DSATUR).  Unused colours come first,
    then those that differ most from the neighbours' in grey, then the least used.
    """
    ids = sorted(set(schools))
    near: dict[str, set[str]] = {school: set() for school in ids}
    for a, b in touching:
        near[a].add(b)
        near[b].add(a)
    grey = [lightness(swatch.fill) for swatch in COLOURS]
    chosen: dict[str, Swatch] = {}
    used = [0] * len(COLOURS)
    for school, swatch in sorted((wanted or {}).items()):
        if all(n not in chosen or chosen[n].index != swatch.index for n in near[school]):
            chosen[school] = swatch
            used[swatch.index] += 1
    while len(chosen) < len(ids):
        school = max(
            (s for s in ids if s not in chosen),
            key=lambda s: (len({chosen[n].index for n in near[s] if n in chosen}), len(near[s])),
        )
        beside = [chosen[n] for n in near[school] if n in chosen]
        colour = _best_colour({swatch.index for swatch in beside}, used, grey, may_share=may_share)
        chosen[school] = _best_pattern(COLOURS[colour], beside, set(chosen.values()))
        used[colour] += 1
    return {school: chosen[school] for school in ids}


def _best_colour(taken: set[int], used: list[int], grey: list[float], *, may_share: bool) -> int:
    """Choose the colour for a school whose neighbours have taken some."""
    free = [c for c in range(len(COLOURS)) if c not in taken]
    if not free and not may_share:
        raise ValueError(f"more than {len(COLOURS)} zones touch each other: no colour is left")
    free = free or list(range(len(COLOURS)))

    def merit(colour: int) -> tuple[bool, bool, int, int, int]:
        apart = min((abs(grey[colour] - grey[t]) for t in taken), default=100.0)
        fresh = used[colour] == 0
        return (fresh, fresh and colour < _BASE, min(round(apart), 9), -used[colour], -colour)

    return max(free, key=merit)


def _best_pattern(colour: Swatch, beside: list[Swatch], known: set[Swatch]) -> Swatch:
    """Give a colour its own pattern, or the next one that no neighbour has and that is unused."""
    turned = COLOURS[colour.index :] + COLOURS[: colour.index]
    every = [replace(colour, pattern=other.pattern, hatch=other.hatch) for other in turned]
    taken = {swatch.pattern for swatch in beside}
    apart = [swatch for swatch in every if swatch.pattern not in taken] or every
    return next((swatch for swatch in apart if swatch not in known), apart[0])
