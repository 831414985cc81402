"""An attacker with a linear program: what can be worked out from everything public.

Written from the public numbers and the plans alone, block by block, without the package's own
areas or rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, lil_array, vstack

Key = tuple[str, str, str, str, str]
Owners = Mapping[str, Sequence[str]]  # plan -> school of each block ("" none)
System = tuple[csr_array, np.ndarray, csr_array, np.ndarray]
SLACK = 1e-4
STEPS = {"travel_mean_metres": 160.9344, "travel_mean_minutes": 1.0}


@dataclass(frozen=True)
class Attack:
    """Everything public about one level, as an attacker writes it down.

    Parameters
    ----------
    owners : mapping of plan to the school of each block
        "" is today.
    groups : tuple of str
        Groups the attacker may ask for, "poor" among them.
    exclusive : bool
        Whether a student is in at most one group (poverty apart).
    """

    owners: Owners
    groups: tuple[str, ...]
    exclusive: bool

    @property
    def measures(self) -> tuple[str, ...]:
        return ("all", *self.groups)

    @property
    def n(self) -> int:
        return len(self.owners[""])

    def blocks(self, key: Key) -> list[int]:
        """Return the blocks a public number is a sum over."""
        plan, metric, scope, name, _ = key
        after, today = self.owners[plan], self.owners[""]
        if scope == "flow":
            a, b = name.split(">")
            return [i for i in range(self.n) if today[i] == a and after[i] == b]
        if metric == "students_moved":
            return [i for i in range(self.n) if after[i] and today[i] and after[i] != today[i]]
        if scope == "school":
            return [i for i in range(self.n) if after[i] == name]
        return [i for i in range(self.n) if after[i]]

    def interval(
        self, system: System, blocks: Sequence[int], measure: str, minus: str = ""
    ) -> tuple[float, float]:
        """Return how few and how many students there may be, for all the attacker knows."""
        equal, values, above, most = system
        aim = np.zeros(self.n * len(self.measures))
        aim[[self._at(i, measure) for i in blocks]] = 1.0
        if minus:
            aim[[self._at(i, minus) for i in blocks]] = -1.0
        ends = []
        for sign in (1.0, -1.0):
            found = linprog(
                sign * aim, A_ub=above, b_ub=most, A_eq=equal, b_eq=values, method="highs"
            )
            if found.status == 3:  # nothing limits it
                ends.append(sign * -np.inf)
            else:
                assert found.status == 0, found.message
                ends.append(float(found.fun * sign))
        return ends[0], ends[1]

    def _at(self, block: int, measure: str) -> int:
        return self.measures.index(measure) * self.n + block

    def system(self, public: Mapping[Key, float]) -> System:
        """Write everything public down as equations and bounds."""
        width = self.n * len(self.measures)
        sums = [(key, value) for key, value in self._sums(public).items()]
        equal = lil_array((len(sums), width))
        for row, (key, _) in enumerate(sums):
            measure = "all" if key[2] == "flow" else key[4]
            for block in self.blocks(key):
                equal[row, self._at(block, measure)] = 1.0
        parts = [(g,) for g in self.groups]
        races = tuple(g for g in self.groups if g != "poor")
        if self.exclusive and races:
            parts = [races, *([("poor",)] if "poor" in self.groups else [])]
        above = lil_array((self.n * len(parts), width))
        for number, part in enumerate(parts):
            for block in range(self.n):
                for group in part:
                    above[number * self.n + block, self._at(block, group)] = 1.0
                above[number * self.n + block, self._at(block, "all")] = -1.0
        values = np.array([value for _, value in sums])
        return csr_array(equal), values, csr_array(above), np.zeros(above.shape[0])

    def with_means(
        self,
        system: System,
        public: Mapping[Key, float],
        ways: Mapping[tuple[str, str], np.ndarray],
    ) -> System:
        """Add what mean ways tell: each lies within half a step of what is shown.

        `ways` are those of every block, by plan and metric; everybody may measure them.
        """
        equal, values, above, most = system
        shown = [key for key in public if key[1] in STEPS]
        rows = lil_array((2 * len(shown), self.n * len(self.measures)))
        for number, key in enumerate(shown):
            tilt, half = ways[key[0], key[1]] - public[key], STEPS[key[1]] / 2
            for block in self.blocks(key):
                at = self._at(block, key[4])
                rows[2 * number, at] = tilt[block] - half
                rows[2 * number + 1, at] = -tilt[block] - half
        more = csr_array(vstack([above, rows]))
        return equal, values, more, np.concatenate([most, np.zeros(2 * len(shown))])

    def _sums(self, public: Mapping[Key, float]) -> dict[Key, float]:
        """Turn public numbers into sums: a share times its whole is a sum too."""
        sums: dict[Key, float] = {}
        for key, value in public.items():
            plan, metric, scope, name, group = key
            if scope == "grade":  # numbers of a grade say nothing of the level's unknowns here
                continue
            if metric in ("students", "students_moved", "moved"):
                if group == "all" or scope == "flow" or group in self.groups:
                    sums[key] = value
            elif metric == "share" and group in self.groups:
                whole = public.get((plan, "students", scope, name, "all"))
                if whole is not None:
                    sums[plan, "students", scope, name, group] = value * whole
            elif metric == "utilization":
                seats = public.get((plan, "seats", scope, name, "all"))
                if seats is not None:
                    sums[plan, "students", scope, name, "all"] = value * seats
        return {key: value for key, value in sums.items() if self.blocks(key) or value}
