"""One picture of a phase-in: who is over seats, and who stays, year by year and policy by policy.

Policies are told apart by dash and mark and by their names, so nothing depends on colour.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from geodata.reserved import ALL
from planner.hearing.palette import INK
from planner.hearing.style import drawing_style

if TYPE_CHECKING:
    from planner.phasing import PhaseIn

__all__ = ["phase_in_picture"]

PANELS = (
    ("students_over_seats", "Students over the seats of their school"),
    ("students_staying", "Students who stay where the plan does not send them"),
)
# colours of Okabe and Ito 2008 that keep 3 : 1 on white, with dashes and marks of their own
STYLES = (
    (INK, (0, (1, 2)), "*"),
    ("#0072B2", "solid", "o"),
    ("#B34700", (0, (6, 2)), "s"),
    ("#00785A", (0, (4, 2, 1, 2)), "^"),
    ("#A0498A", (0, (2, 2)), "D"),
    ("#4a4a4a", (0, (8, 3, 2, 3)), "P"),
)


def phase_in_picture(found: PhaseIn) -> str:
    """Return the picture as SVG text, its words as text.

    Parameters
    ----------
    found : PhaseIn
    """
    with drawing_style("phase-in"):
        figure = Figure(figsize=(11.0, 4.4), facecolor="white", layout="constrained")
        FigureCanvasAgg(figure)
        panels = figure.subplots(1, len(PANELS))
        for ax, (metric, words) in zip(panels, PANELS, strict=True):
            _frame(ax, found, words)
            _lines(ax, found, metric)
        handles, names = panels[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower center", ncols=4, frameon=False,
                      fontsize=10, handlelength=4)  # fmt: skip
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None, "Title": found.title})
    drawn = text.getvalue()
    return drawn[drawn.index("<svg") :]


def _lines(ax: Axes, found: PhaseIn, metric: str) -> None:
    """Draw one line a policy; from today on where nothing changes."""
    at = found.measures
    at = at[(at["metric"] == metric) & (at["level"] == ALL)]
    if at["value"].isna().all():
        ax.text(0.5, 0.5, "not known", transform=ax.transAxes, ha="center", fontsize=11)
        ax.set_yticks([])
    for number, policy in enumerate(found.policies):
        mine = at[at["policy"] == policy]
        colour, dash, mark = STYLES[number % len(STYLES)]
        ax.plot(mine["year"], mine["value"], color=colour, linestyle=dash, marker=mark,
                markersize=7, linewidth=1.8, label=policy)  # fmt: skip
    ax.set_ylim(bottom=0)


def _frame(ax: Axes, found: PhaseIn, words: str) -> None:
    ax.set_title(words, loc="left", fontsize=11)
    ax.set_xticks(np.arange(found.years + 1), ["today", *map(str, range(1, found.years + 1))])
    ax.set_xlabel("school year of the plan")
    ax.yaxis.set_major_locator(MaxNLocator(nbins="auto", integer=True))
    ax.grid(color="#dddddd", linewidth=0.6)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
