"""Grade centers or neighbourhood schools?  Run: python examples/clinton/run.py [OUT]."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]  # works in a checkout without installation


def main() -> None:
    from town import write_town

    from planner.hearing.structure_picture import write_structure_picture
    from planner.reorganise import compare_structures
    from planner.structures import Ageing, band_capacity, first_overflow, second_sites

    out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("runs") / "clinton"
    write_town(HERE / "synthetic")
    found = compare_structures(
        HERE / "structures.toml",
        out,
        overwrite=True,
        tell=_say,
        draw=lambda found, folder: write_structure_picture(
            found.picture, folder, title=found.file.title
        ),
    )
    print(found.text())

    print("\nIf the district grows: entering grades 3 % larger every year")
    centers, setting = found.results[0].arrangement, found.study.setting
    growing = Ageing(years=5, entry_growth=0.03)
    capacity = band_capacity(centers, setting.residents.students, setting.buildings, growing)
    print(first_overflow(capacity).round(2).to_string(index=False))
    print(second_sites(centers, capacity, setting.buildings).round(0).to_string(index=False))
    print(f"\nWritten: {out}")


def _say(news: str) -> None:
    print(f"working on: {news}", file=sys.stderr)


if __name__ == "__main__":
    main()
