"""The keys of a scenario file and what they mean: checks and the README's table come from here.

The options of each rule, objective and event are in its own docstring.
"""

from __future__ import annotations

__all__ = ["OBJECTIVE_KEYS", "RULE_KEYS", "TOP_KEYS"]

TOP_KEYS: dict[str, str] = {
    "schema": "the number 1: which keys are meant; needed, here or in the file it extends",
    "title": "what the scenario asks, in words; needed, here or in the file it extends",
    "notes": "anything else worth saying",
    "district": "path of the district file, relative to this file; ${NAME:-default} reads the "
    "environment; needed, here or in the file it extends",
    "extends": "path of another scenario: keys said here replace its keys, rules of a kind replace "
    "its rules of that kind, objectives replace all of its, events are added",
    "start": "plan the search starts from, such as a board member's amendment: path of a run, "
    "or of any plan file that planner evaluate reads, as that of the district",
    "without": 'kinds of rules of the extended scenario that are left out, such as ["capacity"]',
    "levels": "levels to redraw, in this order; all of the district where it is left out",
    "structure": '{ kind = "boundaries", levels = [...] }: the same as levels',
    "rule": "[[rule]] tables: what every plan must hold",
    "objective": "[[objective]] tables: what is made least, in the order of the file",
    "event": "[[event]] tables: openings, closures and so on, before zones are drawn",
    "race_conscious": "true: rules and objectives may name groups of the students file",
    "max_students_moved": "short for the rule of that name: the most at each level [students]",
    "seed": "number that all chance comes from; 0 where it is left out",
    "stop": "[stop] table: time_limit_s [s], iterations, gap [share]",
}

RULE_KEYS: dict[str, str] = {
    "use": "name of the rule",
    "levels": "levels the rule holds for; all where it is left out",
    "years": "years of the district's forecast in which it holds, such as [2029, 2031]; with "
    "today's students where it is left out (both: two tables, also where a scenario is extended, "
    "whose rules of that kind these replace)",
}

OBJECTIVE_KEYS: dict[str, str] = {
    "use": "name of the objective",
    "levels": "levels it is aimed at; all where it is left out",
    "year": "year of the district's forecast whose students count; today's where it is left out",
    "priority": "1 is first; the same number joins objectives of one unit into a weighted aim",
    "weight": "weight inside such an aim, above 0; 1 where it is left out",
    "keep_within_share": "what this aim may cost the aim above: a share of the value reached there",
    "keep_within": "the same as an amount, in the unit of the aim above; where both are given, the "
    "larger counts",
}
