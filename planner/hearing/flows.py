"""The picture of who goes where: bands from today's schools to the schools of an option."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape

from planner.hearing.figures import Figure, Figures
from planner.hearing.labels import text_size
from planner.hearing.packet import Option, Packet
from planner.hearing.palette import INK, pale
from planner.hearing.scene import Scene, lead
from planner.hearing.words import Words
from planner.hearing.written import write_figure

__all__ = ["flow_picture", "how_to_read_flows", "picture_inches"]

_WIDTH, _SIDE, _NODE = 900.0, 250.0, 10.0
_GAP, _LINE, _HIDDEN = 8.0, 17.0, 3.0
_PX_FOR_ALL = 420.0
_NO_COLOUR = "#9db4c0"
_TYPE_PX = 15.0
_ROOM = _SIDE - 12.0


@dataclass(frozen=True, slots=True)
class _Flow:
    """Students who would change from one school to another.

    Parameters
    ----------
    before, after : str
    figure : Figure
    blocks : float [blocks]
    drawn : float [students]
        How wide the band is: where the number is not shown, a part of what the shown ones leave of
        all who would change, by blocks.
    """

    before: str
    after: str
    figure: Figure
    blocks: float
    drawn: float = 0.0

    @property
    def ends(self) -> tuple[str, str]:
        """Old and new school."""
        return self.before, self.after


def flow_picture(words: Words, packet: Packet, figures: Figures, option: Option, level: str) -> str:
    """Return an SVG drawing; empty where nobody moves.

    A band whose number may not be shown is dashed, and as wide as its blocks alone suggest.
    """
    flows = _flows(figures, option, level)
    if not flows:
        return ""
    scale = _PX_FOR_ALL / max(sum(flow.drawn for flow in flows), 1.0)
    names = {unit: _lines(packet.unit_name(unit)) for flow in flows for unit in flow.ends}
    left = _column(flows, scale, "before", [], names)
    right = _column(flows, scale, "after", [name for name, *_ in left], names)
    height = max(left[-1][1] + left[-1][2], right[-1][1] + right[-1][2]) + 10
    scene = packet.scenes.get(level)
    alternative = escape(words("page.moves_alt", letter=option.letter), quote=True)
    parts = [
        f'<svg class="flows" font-family="DejaVu Sans" '
        f'viewBox="0 0 {_WIDTH:.0f} {height:.0f}" role="img" aria-label="{alternative}">'
        f"<desc>{alternative}</desc>"
    ]
    parts += _bands(words, packet, scene, flows, left=left, right=right, scale=scale)
    parts += _names(names, left, "end")
    parts += _names(names, right, "start")
    return "".join([*parts, "</svg>"])


def how_to_read_flows(words: Words, figures: Figures, option: Option, level: str) -> str:
    """Say what the bands mean, and what is drawn in the place of numbers that are not shown."""
    text = words("page.moves_picture")
    hidden = [flow for flow in _flows(figures, option, level) if flow.figure.hidden]
    if not hidden:
        return text
    key = "page.moves_hidden_by_blocks" if hidden[0].drawn else "page.moves_hidden"
    return f"{text} {words(key)}"


def picture_inches(picture: str) -> float:
    """Return how high a drawing is on a letter page as wide as its text [in]."""
    height = float(picture.split('viewBox="0 0 ', 1)[1].split('"', 1)[0].split()[1])
    return min(7.0 * height / _WIDTH, 8.0)


def _flows(figures: Figures, option: Option, level: str) -> list[_Flow]:
    moves = option.run.moves
    moves = moves[moves["level"] == level]
    found = [
        _Flow(str(a), str(b), figures.flow(option.letter, level, str(a), str(b)), float(blocks))
        for a, b, blocks in moves[["from_school", "to_school", "blocks"]].to_numpy(dtype=object)
    ]
    hidden = [flow for flow in found if flow.figure.hidden]
    known = [replace(f, drawn=f.figure.value) for f in found if f.figure.value > 0]
    everyone = figures.get(option.letter, "students_moved", "level", level)
    rest = everyone.value - sum(flow.drawn for flow in known) if everyone.is_known else 0.0
    a_block = max(rest, 0.0) / max(sum(flow.blocks for flow in hidden), 1.0)
    guessed = [replace(flow, drawn=flow.blocks * a_block) for flow in hidden]
    return sorted([*known, *guessed], key=lambda flow: (-flow.drawn, flow.before, flow.after))


def _thick(flow: _Flow, scale: float) -> float:
    return max(flow.drawn * scale, _HIDDEN if flow.figure.hidden else 1.5)


def _lines(name: str) -> list[str]:
    """Break a name into lines that fit beside the picture."""
    lines = [""]
    for word in name.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_size(longer, _TYPE_PX, bold=False)[0] > _ROOM:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _column(
    flows: Sequence[_Flow],
    scale: float,
    side: str,
    other: Sequence[str],
    names: Mapping[str, Sequence[str]],
) -> list[tuple[str, float, float]]:
    """Return name, top and height of each school of a column."""
    size: dict[str, float] = {}
    pull: dict[str, list[tuple[int, float]]] = {}
    for flow in flows:
        name, partner = (flow.before, flow.after) if side == "before" else (flow.after, flow.before)
        size[name] = size.get(name, 0.0) + _thick(flow, scale)
        if partner in other:
            pull.setdefault(name, []).append((other.index(partner), _thick(flow, scale)))

    def place(name: str) -> tuple[float, str]:
        weights = pull.get(name)
        if not weights:
            return (-size[name], name)
        return (sum(at * w for at, w in weights) / sum(w for _, w in weights), name)

    column, top = [], 5.0
    for name in sorted(size, key=place):
        height = max(size[name], _LINE * len(names[name]))
        column.append((name, top, height))
        top += height + _GAP
    return column


def _bands(
    words: Words,
    packet: Packet,
    scene: Scene | None,
    flows: Sequence[_Flow],
    *,
    left: Sequence[tuple[str, float, float]],
    right: Sequence[tuple[str, float, float]],
    scale: float,
) -> list[str]:
    """Draw a band for each flow, in the colour of the new school."""
    start = {name: top for name, top, _ in left}
    end = {name: top for name, top, _ in right}
    order = {name: at for at, (name, *_) in enumerate(left)}
    goal = {name: at for at, (name, *_) in enumerate(right)}
    drawn = []
    x0, x1 = _SIDE + _NODE, _WIDTH - _SIDE - _NODE
    for flow in sorted(flows, key=lambda f: (order[f.before], goal[f.after])):
        thick = _thick(flow, scale)
        y0 = start[flow.before] + thick / 2
        start[flow.before] += thick
        flow_end = sorted(
            (f for f in flows if f.after == flow.after), key=lambda f: order[f.before]
        )
        before = sum(_thick(f, scale) for f in flow_end[: flow_end.index(flow)])
        y1 = end[flow.after] + before + thick / 2
        swatch = scene.swatches.get(lead(flow.after)) if scene else None
        names = packet.unit_name(flow.before), packet.unit_name(flow.after)
        told = f"{names[0]} → {names[1]}: {write_figure(words, 'count', flow.figure)}"
        middle = (x0 + x1) / 2
        fill = swatch.fill if swatch else _NO_COLOUR
        dash = ' stroke-dasharray="6 5"' if flow.figure.hidden else ""
        path = f"M{x0:.0f} {y0:.1f}C{middle:.0f} {y0:.1f} {middle:.0f} {y1:.1f} {x1:.0f} {y1:.1f}"
        inner = pale(fill) if dash else fill
        for colour, width, style in ((INK, thick + 1.2, dash), (inner, thick, "")):
            drawn.append(
                f'<path d="{path}" fill="none" stroke="{colour}" '
                f'stroke-width="{width:.1f}"{style}><title>{escape(told)}</title></path>'
            )
    return drawn


def _names(
    names: Mapping[str, Sequence[str]], column: Sequence[tuple[str, float, float]], anchor: str
) -> list[str]:
    drawn = []
    for name, top, height in column:
        bar = _SIDE if anchor == "end" else _WIDTH - _SIDE - _NODE
        x = bar - 8 if anchor == "end" else bar + _NODE + 8
        first = top + height / 2 + 5 - _LINE * (len(names[name]) - 1) / 2
        widest = max(text_size(line, _TYPE_PX, bold=False)[0] for line in names[name])
        size = _TYPE_PX * min(1.0, _ROOM / widest)
        lines = "".join(
            f'<tspan x="{x:.0f}" y="{first + _LINE * at:.1f}">{escape(line)}</tspan>'
            for at, line in enumerate(names[name])
        )
        drawn.append(
            f'<rect x="{bar:.0f}" y="{top:.1f}" width="{_NODE:.0f}" height="{height:.1f}" '
            f'fill="{INK}"/><text text-anchor="{anchor}" font-size="{size:.1f}">{lines}</text>'
        )
    return drawn
