"""The key of a poster: every school, none over another."""

from __future__ import annotations

from itertools import pairwise

import pytest

from planner.hearing.poster import _fit_key


@pytest.mark.parametrize("columns", [1, 4])
@pytest.mark.parametrize("many", [1, 9, 48])
def test_entries_of_several_lines_keep_apart(columns: int, many: int) -> None:
    """There is room between two of them, and the last one ends before the key does."""
    names = [f"{n}  {'Very Long and Honoured Name ' * (n % 3 + 1)}School" for n in range(many)]
    along = 1300.0 if columns == 1 else 230.0
    told, places, line = _fit_key(names, columns, 500.0, along)
    assert [" ".join(text.split()) for text in told] == [" ".join(name.split()) for name in names]
    ends = [(c, y - t.count("\n") / 2 - 0.5, y + t.count("\n") / 2 + 0.5) for t, (c, y) in
            zip(told, places, strict=True)]  # fmt: skip
    for (column, _, bottom), (following, top, _) in pairwise(ends):
        assert following > column or top - bottom > 0.5
    assert max(bottom for _, _, bottom in ends) * line <= along
