"""Scenarios: TOML files that choose and set rules, aims and events; the maths stays in Python."""

from __future__ import annotations

from planner.scenario.keys import OBJECTIVE_KEYS, RULE_KEYS, TOP_KEYS
from planner.scenario.ledger import VariableUse
from planner.scenario.parse import load_scenario, parse_scenario
from planner.scenario.scenario import Scenario
from planner.scenario.stage import DEFAULT_TIME_S, PlacedRule, Stage, Stop
from planner.scenario.words import LEGAL_CAUTION

__all__ = [
    "DEFAULT_TIME_S",
    "LEGAL_CAUTION",
    "OBJECTIVE_KEYS",
    "RULE_KEYS",
    "TOP_KEYS",
    "PlacedRule",
    "Scenario",
    "Stage",
    "Stop",
    "VariableUse",
    "load_scenario",
    "parse_scenario",
]
