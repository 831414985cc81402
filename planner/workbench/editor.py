"""The page on which a plan is drawn by hand: one file, no network, no server."""

from __future__ import annotations

from pathlib import Path

from planner.errors import RunError
from planner.hearing.payload import pack
from planner.pages import page_source, page_templates
from planner.runs.folder import replace_file
from planner.workbench.desk import WAY_STEP_M, desk_of
from planner.workbench.source import Draft

__all__ = ["write_editor"]

_HERE = "planner.workbench"


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
    page = (
        page_templates(_HERE)
        .get_template("editor.html.j2")
        .render(
            title=draft.title,
            district=draft.district.name,
            place=str(draft.place),
            travel=draft.district.travel.label or draft.district.travel.method,
            css=page_source(_HERE, "editor.css"),
            js=page_source(_HERE, "editor.js").replace("</", "<\\/"),
            data=pack(desk_of(draft) | {"way_step_m": WAY_STEP_M}),
        )
    )
    replace_file(file, page.encode())
