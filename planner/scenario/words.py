"""A scenario in sentences, before anything runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.scenario.ledger import GROUP
from planner.scenario.stage import DEFAULT_TIME_S

if TYPE_CHECKING:
    from planner.scenario.scenario import Scenario

__all__ = ["LEGAL_CAUTION", "sentences"]

LEGAL_CAUTION = (
    "Race or ethnicity decides in this scenario. Courts forbid assigning a single student by race "
    "without a compelling, narrowly tailored reason (Parents Involved, 2007); whether zones may be "
    "drawn with knowledge of neighbourhoods' make-up is accepted by some and contested by others, "
    "and an order of a court has its own bands. Have counsel review it first. This is not legal "
    "advice."
)

ROOTED = (
    "  Also without the rule 'school_in_own_zone' only plans are sought, and proofs only speak of "
    "plans, in which every zone keeps the block it grows from: its school's own or, where the "
    "school stands outside its zone today, the nearest of that zone."
)


def sentences(scenario: Scenario) -> list[str]:
    """Return the scenario in sentences, in the order a planner would ask."""
    levels = ", ".join(scenario.levels) or "every level of the district"
    told = [f"{scenario.title}.", f"District: {scenario.district.name}; levels: {levels}."]
    if scenario.start is not None:
        told.append(f"The search starts from the plan in {scenario.start}.")
    if scenario.events:
        told.append("First, this happens:")
        told += [f"  - {event.sentence()}" for event in scenario.events]
    told.append("Every plan must hold:")
    told.append("  - Every block has exactly one school.")
    for placed in scenario.rules:
        where = f" (only {', '.join(placed.levels)})" if placed.levels else ""
        told += [f"  - {rule.sentence().rstrip('.')}{where}." for rule in placed.by_year()]
    if not any(placed.rule.name == "school_in_own_zone" for placed in scenario.rules):
        told.append(ROOTED)
    if not any(placed.rule.name == "contiguity" for placed in scenario.rules):
        told.append("  Zones may be in several pieces: no rule 'contiguity' is set.")
    if scenario.objectives:
        told.append("Of these plans, the one is sought that makes least, in this order:")
        told += [f"  {i}. {stage.sentence()}" for i, stage in enumerate(scenario.objectives, 1)]
    else:
        told.append("No aim is set: any plan that holds the rules will do.")
    told += _people(scenario)
    return [*told, _stop(scenario)]


def _people(scenario: Scenario) -> list[str]:
    uses = scenario.variables_used()
    if not uses:
        return ["Neither poverty nor any group decides."]
    told = ["Counts of people that decide:"] + [f"  - {use.sentence()}" for use in uses]
    if any(use.variable.startswith(GROUP) for use in uses):
        told.append(LEGAL_CAUTION)
    return told


def _stop(scenario: Scenario) -> str:
    stop = scenario.stop
    limit_s = DEFAULT_TIME_S if stop.time_limit_s is None else stop.time_limit_s
    when = f"after {limit_s:g} s"
    if stop.iterations is not None:
        when = f"after {stop.iterations} thousand moves, whatever the clock says"
    elif stop.gap is not None:
        when += f" or once a gap of {100 * stop.gap:g} % is proven"
    return (
        f"The solve stops {when}, unless the command says otherwise; its seed is {scenario.seed}."
    )
