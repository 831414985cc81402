"""Tell how equal exposure to poverty can become.

Run: python examples/oakland/run.py [SECONDS]
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]  # works in a checkout without installation

SECONDS = 120.0  # for each solve, and for the proofs of what no plan can reach [s]


def main() -> None:
    from city import CAVEATS, write_city

    from geodata import load_district
    from planner.ledger import open_ledger
    from planner.parity import narrow_bands, reach_parity
    from planner.scenario import load_scenario

    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    toml, moments = write_city(HERE / "synthetic")
    city = load_district(toml)
    print(f"{city.name}\n\nWhat the city is fitted to\n{moments.round(3).to_string(index=False)}")
    proven = ()
    for name in ("poverty.toml", "parity.toml"):
        scenario = load_scenario(HERE / name)
        print(f"\n{scenario.title} ({seconds:g} seconds a solve)")
        told = scenario.sentences()
        told = told[: told.index("Counts of people that decide:") + 1]
        told += open_ledger(city, scenario).sentences()  # groups by their names
        print("\n".join(f"- {sentence}" for sentence in told))
        solution, levels = reach_parity(
            scenario, city, time_limit_s=seconds, proof_seconds=seconds, proven=proven
        )
        proven = levels  # the rules are the same, so what is proven holds for both
        for found in levels:
            _show(f"{found.level} [{solution.status}]", found)
        if name == "poverty.toml":
            _, narrow = narrow_bands(
                scenario, city, solution.plan, levels[:1], tries=2, seconds=seconds
            )
            _show("The narrowest band of poverty that was found", narrow[0])
    print("\nWhat must not be concluded")
    print("\n".join(f"- {caveat}" for caveat in CAVEATS))


def _show(title, found) -> None:
    print(f"\n{title}\n{found.record.table().round(3).to_string(index=False)}")
    print("\n".join(found.sentences()))


if __name__ == "__main__":
    main()
