"""Colours are told apart by everybody, on screen and on a grey print."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.hearing.palette import COLOURS, INK, UNKNOWN, assign_swatches, lightness, pale

# Machado, Oliveira, Fernandes 2009, severity 1, on linear RGB
VISIONS = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
RGB_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
     [0.0193339, 0.1191920, 0.9503041]]
)  # fmt: skip


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    t = (RGB_TO_XYZ @ np.clip(rgb, 0, 1)) / RGB_TO_XYZ.sum(axis=1)
    f = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def ciede2000(one: np.ndarray, two: np.ndarray) -> float:
    """Colour difference after Sharma, Wu, Dalal 2005."""
    (l1, a1, b1), (l2, a2, b2) = one, two
    mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(mean**7 / (mean**7 + 25**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    d_l, d_c, d_h = l2 - l1, c2 - c1, 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    l_m, c_m = (l1 + l2) / 2, (c1 + c2) / 2
    h_m = (h1 + turn / 2) % 360
    t = (
        1
        - 0.17 * np.cos(np.radians(h_m - 30))
        + 0.24 * np.cos(np.radians(2 * h_m))
        + 0.32 * np.cos(np.radians(3 * h_m + 6))
        - 0.2 * np.cos(np.radians(4 * h_m - 63))
    )
    s_l = 1 + 0.015 * (l_m - 50) ** 2 / np.sqrt(20 + (l_m - 50) ** 2)
    s_c, s_h = 1 + 0.045 * c_m, 1 + 0.015 * c_m * t
    turned = np.sin(np.radians(60 * np.exp(-(((h_m - 275) / 25) ** 2))))
    r_t = -2 * np.sqrt(c_m**7 / (c_m**7 + 25**7)) * turned
    parts = (d_l / s_l) ** 2 + (d_c / s_c) ** 2 + (d_h / s_h) ** 2
    return float(np.sqrt(parts + r_t * (d_c / s_c) * (d_h / s_h)))


def contrast(one: str, two: str) -> float:
    """Contrast ratio after WCAG 2.1."""
    light, dark = sorted(
        (float(linear(c) @ np.array([0.2126, 0.7152, 0.0722])) for c in (one, two)), reverse=True
    )
    return (light + 0.05) / (dark + 0.05)


def test_the_oracle_knows_a_published_pair() -> None:
    """The first pair of Sharma's test data differs by 2.0425."""
    one, two = np.array([50.0, 2.6772, -79.7751]), np.array([50.0, 0.0, -82.7485])
    assert ciede2000(one, two) == pytest.approx(2.0425, abs=1e-4)


@pytest.mark.parametrize("vision", VISIONS)
def test_the_first_eight_colours_differ_for_everybody(vision: str) -> None:
    """Any two of them are far more than a just noticeable difference (about 1) apart."""
    seen = [lab(VISIONS[vision] @ linear(swatch.fill)) for swatch in COLOURS[:8]]
    assert min(ciede2000(a, b) for a, b in combinations(seen, 2)) > 11


@pytest.mark.parametrize("vision", VISIONS)
def test_the_spare_colours_differ_too(vision: str) -> None:
    """The four that are used only at need keep their distance as well."""
    seen = [lab(VISIONS[vision] @ linear(swatch.fill)) for swatch in COLOURS]
    assert min(ciede2000(a, b) for a, b in combinations(seen, 2)) > 8.5


def test_a_grey_print_keeps_the_first_eight_apart() -> None:
    """Their lightness goes in even steps."""
    steps = np.diff(sorted(lightness(swatch.fill) for swatch in COLOURS[:8]))
    assert steps.min() > 4.5


def test_every_colour_has_a_pattern_of_its_own() -> None:
    """Nothing depends on colour alone."""
    assert len({swatch.pattern for swatch in COLOURS}) == len(COLOURS)
    assert len({swatch.hatch for swatch in COLOURS}) == len(COLOURS)


def test_names_can_be_read_on_every_colour() -> None:
    """Dark text reaches the contrast of WCAG AA on every fill, full and pale."""
    fills = [s.fill for s in COLOURS] + [pale(s.fill) for s in COLOURS] + [UNKNOWN, "#ffffff"]
    assert min(contrast(INK, fill) for fill in fills) >= 4.5


def test_lightness_is_what_cie_says() -> None:
    """Against an independent conversion."""
    for swatch in COLOURS:
        assert lightness(swatch.fill) == pytest.approx(lab(linear(swatch.fill))[0], abs=0.01)


pairs = st.lists(
    st.tuples(st.integers(0, 19), st.integers(0, 19)).filter(lambda p: p[0] != p[1]), max_size=45
)


@given(pairs, st.randoms())
def test_neighbours_never_share_a_colour(edges: list[tuple[int, int]], random: object) -> None:
    """Whatever touches whatever, and in whatever order the borders come."""
    names = [f"s{n:02d}" for n in range(20)]
    touching = [(names[a], names[b]) for a, b in edges]
    chosen = assign_swatches(names, touching)
    assert all(chosen[a].index != chosen[b].index for a, b in touching)
    shuffled = [pair[::-1] for pair in touching]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert assign_swatches(reversed(names), shuffled) == chosen


@given(pairs)
def test_schools_are_told_apart_by_colour_and_pattern(edges: list[tuple[int, int]]) -> None:
    """Neighbours differ in both; twenty schools share no pair; eight share no colour."""
    names = [f"s{n:02d}" for n in range(20)]
    touching = [(names[a], names[b]) for a, b in edges]
    chosen = assign_swatches(names, touching)
    assert all(chosen[a].pattern != chosen[b].pattern for a, b in touching)
    assert len(set(chosen.values())) == len(names)
    assert len({swatch.index for swatch in chosen.values()}) == len(COLOURS)
    few = assign_swatches(names[:8], [p for p in touching if max(p) < names[8]])
    assert {swatch.index for swatch in few.values()} == set(range(8))


def test_too_many_zones_that_all_touch_are_refused() -> None:
    """Thirteen zones that all touch each other cannot be told apart, and nothing pretends so."""
    names = [f"s{n:02d}" for n in range(13)]
    with pytest.raises(ValueError, match="no colour is left"):
        assign_swatches(names, combinations(names, 2))


def test_too_many_zones_may_share_colours_with_other_patterns() -> None:
    """Scattered zones can all touch: the maps are drawn, and patterns tell what colours cannot."""
    names = [f"s{n:02d}" for n in range(16)]
    chosen = assign_swatches(names, combinations(names, 2), may_share=True)
    assert len(set(chosen.values())) == len(names)


def test_packets_of_one_district_agree() -> None:
    """A school keeps the colour of today's zones, unless a plan puts it beside its like."""
    today = assign_swatches("abcd", [("a", "b"), ("b", "c")])
    same = assign_swatches("abcde", [("a", "b"), ("b", "c"), ("d", "e")], wanted=today)
    assert {school: same[school] for school in "abcd"} == today
    alike = {**today, "d": today["a"]}
    moved = assign_swatches("abcd", [("a", "d")], wanted=alike)
    assert moved["d"].index != moved["a"].index
    assert {school: moved[school] for school in "abc"} == {s: today[s] for s in "abc"}
