"""The warning that the gap between groups shrinks while groups are kept more apart."""

from __future__ import annotations

from geodata.reserved import ALL, POOR
from planner.evaluation import Settings
from planner.evaluation.parity import SEPARATION
from planner.hearing.figures import Figures
from planner.hearing.packet import Option
from planner.hearing.text import group_name
from planner.hearing.words import Words
from planner.metrics.documentation import STRATIFIED

__all__ = ["separation_sentence"]


def separation_sentence(words: Words, figures: Figures, option: Option, level: str) -> str:
    """Warn of a plan flagged `separate_but_equal`, and name the groups; empty where it is not.

    The public is warned too.  It is told that groups may be missing from the list wherever a
    figure is hidden, whatever it is: so this tells nothing of it.
    """
    if not figures.flag(option.letter, "separate_but_equal", level):
        return ""
    apart, is_whole = _apart(figures, option, level)
    if not apart:
        return words("page.separate_but_equal")
    names = [" – ".join(group_name(words, name) for name in group.split("|")) for group in apart]
    key = "page.separate_but_equal_of" if is_whole else "page.separate_but_equal_among"
    return words(key, groups="; ".join(names))


def _apart(figures: Figures, option: Option, level: str) -> tuple[list[str], bool]:
    """Return the groups, and pairs of groups ("a|b"), that the option keeps more apart.

    The second tells whether these are all: that no figure of another single group is hidden.
    """
    rows = option.run.metrics
    here = rows[(rows["scope"] == "level") & (rows["id"] == level)]
    gap = here.loc[here["metric"] == f"parity_gap{STRATIFIED}", ["baseline", "plan"]]
    form = STRATIFIED if len(gap) and gap.notna().all(axis=None) else ""  # as the flag is found
    tolerance = Settings().separation_tolerance
    names = here.loc[here["metric"].isin([f"{metric}{form}" for metric in SEPARATION]), "group"]
    found, is_whole = [], True
    for group in names[~names.isin([ALL, POOR])].unique():
        changes = [
            figures.change(option.letter, f"{metric}{form}", "level", level, str(group))
            for metric in SEPARATION
        ]
        if any(change.is_known and change.value > tolerance for change in changes):
            found.append(str(group))
        elif "|" not in group:
            is_whole &= not any(change.hidden for change in changes)
    return found, is_whole
