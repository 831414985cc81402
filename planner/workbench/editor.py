"""The page on which a plan is drawn by hand: one file, no network, no server."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from jinja2 import Environment, FunctionLoader, StrictUndefined

from planner.errors import RunError
from planner.hearing.payload import pack
from planner.workbench.desk import WAY_STEP_M, desk_of
from planner.workbench.source import Draft

__all__ = ["write_editor"]


def write_editor(draft: Draft, file: Path, *, overwrite: bool = False) -> None:
    """Write the page.

    Parameters
    ----------
    draft : Draft
    file : Path
        Ends in .html.
    overwrite : bool
        Replace what is there.

    Raises
    ------
    RunError
        Where the file is there already, or its name does not end in .html.
    """
    if file.suffix.lower() not in (".html", ".htm"):
        raise RunError(
            f"{file} is no name of a page",
            "browsers open a page by its ending",
            "end the name in .html",
        )
    if file.exists() and not overwrite:
        raise RunError(
            f"{file} is already there",
            "an earlier page would be lost",
            "name another file, or add --overwrite",
        )
    environment = Environment(
        loader=FunctionLoader(_source), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    page = environment.get_template("editor.html.j2").render(
        title=draft.title,
        district=draft.district.name,
        place=str(draft.place),
        travel=draft.district.travel.label or draft.district.travel.method,
        css=_source("editor.css"),
        js=_source("editor.js").replace("</", "<\\/"),
        data=pack(desk_of(draft) | {"way_step_m": WAY_STEP_M}),
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.partial")
    part.write_text(page, encoding="utf-8")
    part.replace(file)


def _source(name: str) -> str:
    return (resources.files("planner.workbench") / "page" / name).read_text(encoding="utf-8")
