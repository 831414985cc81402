"""Why a public packet is refused, and what can be done, in a planner's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from geodata import District
from geodata.errors import listed
from geodata.reserved import ALL, POOR
from planner.disclosure.areas import Areas, Population
from planner.disclosure.cells import TODAY
from planner.disclosure.memory import Published
from planner.disclosure.program import GivenAwayError
from planner.errors import DisclosureError, SolverError
from planner.plan import Plan

__all__ = ["Refusal"]


@dataclass(frozen=True, slots=True, eq=False)
class Refusal:
    """What has to be known to say why a packet is refused.

    Parameters
    ----------
    district : District
    plans : mapping of name to Plan
        Today's ("") and every option's.
    earlier : sequence of Published
        What is public already.
    threshold : float [students]
    """

    district: District
    plans: Mapping[str, Plan]
    earlier: Sequence[Published]
    threshold: float

    def given_away(self, areas: Areas, error: GivenAwayError) -> DisclosureError:
        """Say which small number what is public already gives away."""
        _, number, area, measure, *rest = error.target.key
        population = areas.populations[int(number)]
        blocks = self.district.blocks.index[population.area_of == int(area)].astype(str)
        told = listed(blocks)
        whom = _whom(measure, is_rest=bool(rest))
        where = "; ".join(self._schools(population, int(area)))
        place = f"blocks {told}" if len(blocks) > 1 else f"block {told}"
        return DisclosureError(
            f"{self._packets} already give away how many {whom} live in {place} ({where}): "
            f"fewer than {self.threshold:g}",
            "a packet cannot hide what is public already",
            "publish under the --privacy or --threshold of those files, where it hides less; or, "
            "where nobody outside has them yet, delete them first",
        )

    def no_answer(self, error: SolverError) -> SolverError:
        """Say what can be done where the proof ended without an answer."""
        return SolverError(error.what, error.why, f"{self.ways_out()}; or report the message")

    def ways_out(self) -> str:
        """Say what makes another proof of the packet, as far as it applies."""
        ways = ["try another rule (--privacy, --threshold: a higher threshold hides more)"]
        if len(self.plans) > 2:
            ways.append("show fewer options together")
        if self.earlier:
            ways.append(
                f"this packet must hide small numbers beside {self._packets} too: where nobody "
                "outside has those yet, delete them first"
            )
        return "; or ".join(ways)

    @property
    def _packets(self) -> str:
        """Name the earlier packets by their folders."""
        folders = dict.fromkeys(packet.folder for packet in self.earlier)
        return f"the public files in {', '.join(folders)}"

    def _schools(self, population: Population, area: int) -> Iterator[str]:
        """Yield the schools of an area, each with the plans in which it serves the area."""
        when: dict[str, list[str]] = {}
        for (plan, level), units in population.units.items():
            at, _, letter = plan.rpartition(":")
            of = f"option {letter}" if letter != TODAY else "today"
            of += f" in {self.earlier[int(at)].folder}" if at else ""
            when.setdefault(f"{level}, {self._name(str(units[area]))}", []).append(of)
        yield from (f"{school}: {', '.join(dict.fromkeys(of))}" for school, of in when.items())

    def _name(self, unit: str) -> str:
        schools = self.district.schools
        named = [f"{s} {schools['name'].get(s, '')}".strip() for s in unit.split("+") if s]
        return " + ".join(named) or "no school"


def _whom(measure: str, *, is_rest: bool) -> str:
    """Name the students a target counts."""
    if measure == ALL:
        return "students"
    if measure == "others":
        return "students of groups that are not shown"
    group = "from low-income families" if measure == POOR else f"of the group {measure!r}"
    return f"students {'not ' if is_rest else ''}{group}"
