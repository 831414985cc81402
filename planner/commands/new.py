"""``planner new``: an example to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.commands.terminal import answer, say, speaking


@speaking
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make.")],
    example: Annotated[
        str, typer.Option(metavar="NAME", help="Example to copy; 'list' names them all.")
    ] = "first_plan",
) -> None:
    """Copy an example to start from.

    Distances in them are in kilometres [km], limits on seats are shares [1.0 = 100 %].

    Example: planner new my_town --example first_plan
    """
    from planner.examples import copy_example, example_names

    if example == "list":
        answer("\n".join(example_names()))
        return
    copy_example(example, folder)
    answer(str(folder))
    say(f"Read {folder / 'README.md'} next.")
