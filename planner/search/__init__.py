"""Search for plans: exact incremental scores, annealing, regions, neighbourhoods solved exactly.

Read in this order: `units` and `graph` (what moves together, and where to), `arrays` and `lower`
(rules and aims as numbers), `kernel` (one move), `contiguity` (what it cuts off), `bench` (what a
plan is worth), `anneal` and `regions` (many moves), `tasks` (a piece of work), `schedule` and
`turns` (what is done when), `polish` (which method helps), `columns` and `recombine` (whole zones
of many plans), `pricing` and `compose` (zones made to measure and plans of them), `portfolio` (the
whole search), `rounds` (how long), `starts` (where it begins).  No file here knows a rule by name.
"""

from planner.search.bench import Bench
from planner.search.compiled import is_compiled
from planner.search.portfolio import Best, Search
from planner.search.rounds import OnRound, run_search
from planner.search.schedule import Round
from planner.search.tasks import warm_up
from planner.search.workers import Workers

__all__ = [
    "Bench",
    "Best",
    "OnRound",
    "Round",
    "Search",
    "Workers",
    "is_compiled",
    "run_search",
    "warm_up",
]
