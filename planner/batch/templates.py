"""The files of the batch's pages: templates, style and script, as they lie in ``page/``."""

from __future__ import annotations

from importlib import resources

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template

__all__ = ["source", "template"]


def source(name: str) -> str:
    """Return the text of a file of ``page/``."""
    return (resources.files("planner.batch") / "page" / name).read_text(encoding="utf-8")


def template(name: str) -> Template:
    """Return a template of ``page/``; a name it does not know is an error, never a blank."""
    environment = Environment(
        loader=FunctionLoader(source), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template(name)
