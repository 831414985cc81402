"""The warning that schools become equally poor while groups are kept more apart."""

from __future__ import annotations

from collections.abc import Iterator

from planner.evaluation import Settings
from planner.evaluation.parity import SEPARATION
from planner.hearing.figures import ALL, POOR, TODAY, Figures
from planner.hearing.packet import Option
from planner.hearing.text import group_name
from planner.hearing.words import Words
from planner.metrics.documentation import STRATIFIED

__all__ = ["separation_sentence"]


def separation_sentence(words: Words, figures: Figures, option: Option, level: str) -> str:
    """Warn of a plan flagged `separate_but_equal`, and name the groups; empty where it is not.

    The public is warned too; groups are named only where their figures are shown.
    """
    if not figures.flag(option.letter, "separate_but_equal", level):
        return ""
    names = [
        " – ".join(group_name(words, name) for name in group.split("|"))
        for group in _apart(figures, option, level)
    ]
    if not names:
        return words("page.separate_but_equal")
    return words("page.separate_but_equal_of", groups="; ".join(names))


def _apart(figures: Figures, option: Option, level: str) -> Iterator[str]:
    """Yield the groups, and pairs of groups ("a|b"), that the option keeps more apart."""
    rows = option.run.metrics
    here = rows[(rows["scope"] == "level") & (rows["id"] == level)]
    gap = here.loc[here["metric"] == f"parity_gap{STRATIFIED}", ["baseline", "plan"]]
    form = STRATIFIED if len(gap) and gap.notna().all(axis=None) else ""  # as the flag is found
    tolerance = Settings().separation_tolerance
    names = here.loc[here["metric"].isin([f"{metric}{form}" for metric in SEPARATION]), "group"]
    for group in names[~names.isin([ALL, POOR])].unique():
        for metric in SEPARATION:
            where = (f"{metric}{form}", "level", level, str(group))
            after, before = figures.get(option.letter, *where), figures.get(TODAY, *where)
            if after.is_known and before.is_known and after.value - before.value > tolerance:
                yield str(group)
                break
