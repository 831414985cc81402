"""Tell how equal exposure to poverty can become.

Run: python examples/oakland/run.py [ITERATIONS [PROOF_SECONDS]]
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]  # works in a checkout without installation

ITERATIONS = 100  # thousands of moves: the same plan on every machine
PROOF_S = 180.0  # for what no plan can reach [s]


def main() -> None:
    from city import CAVEATS, write_city

    from geodata import load_district
    from planner.ledger import open_ledger
    from planner.parity import narrow_band, reach_parity
    from planner.scenario import load_scenario

    iterations = int(sys.argv[1]) if len(sys.argv) > 1 else ITERATIONS
    proof_s = float(sys.argv[2]) if len(sys.argv) > 2 else PROOF_S
    toml, moments = write_city(HERE / "synthetic")
    city = load_district(toml)
    print(f"{city.name}\n\nWhat the city is fitted to\n{moments.round(3).to_string(index=False)}")
    proven = ()
    for name in ("poverty.toml", "parity.toml"):
        scenario = load_scenario(HERE / name)
        print(f"\n{scenario.title} ({iterations:,} thousand moves a solve)")
        told = scenario.sentences()
        told = told[: told.index("Counts of people that decide:") + 1]
        told += open_ledger(city, scenario).sentences()  # groups by their names
        print("\n".join(f"- {sentence}" for sentence in told))
        solution, levels = reach_parity(
            scenario, city, iterations=iterations, proof_seconds=proof_s, proven=proven
        )
        proven = levels  # the rules are the same, so what is proven holds for both
        for found in levels:
            _show(f"{found.level} [{solution.status}]", found)
        if name == "poverty.toml":
            narrow = narrow_band(scenario, city, levels[0], tries=2, iterations=iterations)
            _show("The narrowest band of poverty that was found", narrow)
    print("\nWhat must not be concluded")
    print("\n".join(f"- {caveat}" for caveat in CAVEATS))


def _show(title, found) -> None:
    print(f"\n{title}\n{found.record.table().round(3).to_string(index=False)}")
    print("\n".join(found.sentences()))


if __name__ == "__main__":
    main()
