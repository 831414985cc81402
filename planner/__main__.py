"""``planner …`` and ``python -m planner``."""

import sys


def main() -> None:
    """Load and run the command line; Ctrl-C is no fault while it is still loading either."""
    try:
        from planner.cli import main as run

        run()
    except KeyboardInterrupt:
        from planner.commands.ending import INTERRUPTED, tell_interrupted

        tell_interrupted(as_json="--json" in sys.argv)
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
