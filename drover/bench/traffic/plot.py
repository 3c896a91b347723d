"""Throughput against robots as plain SVG: a plotting library for one picture is not worth its weight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 640, 380, 56, 44, 150, 48
COLOURS: Final = {"drover": "#0b6e4f", "b1": "#b3261e", "b1_quick": "#c77700", "b0": "#777777"}
NAMES: Final = {"drover": "Drover", "b1": "B1", "b1_quick": "B1, quick", "b0": "B0"}
DASHES: Final = {"none": "", "stall1": "6 4"}
SAYS: Final = {"none": "no delays", "stall1": "1 % stalls"}


class Line(NamedTuple):
    """`points`: (robots, finished errands per second), by robots."""

    policy: str
    disturbed: str
    points: Sequence[tuple[float, float]]


def throughput(lines: Sequence[Line]) -> str:
    """The picture, one polyline a policy and kind of delay."""
    most_x = max((x for line in lines for x, _ in line.points), default=1.0)
    most_y = max((y for line in lines for _, y in line.points), default=1.0)
    step = 1 if most_y <= 6 else 2
    top = step * (int(most_y / step) + 1)
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(value: float) -> float:
        return round(LEFT + wide * value / most_x, 1)

    def y(value: float) -> float:
        return round(TOP + high * (1 - value / top), 1)

    parts = [f'<text x="{LEFT}" y="20" font-size="14">Errands finished per second, executed (median of seeds)</text>']
    for value in range(0, top + 1, step):
        parts.append(f'<path d="M{x(0)} {y(value)}H{x(most_x)}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y(value) + 4}" text-anchor="end">{value}</text>')
    for count in sorted({p[0] for line in lines for p in line.points}):
        parts.append(f'<text x="{x(count)}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{count:,.0f}</text>')
    parts.append(f'<text x="{x(most_x / 2)}" y="{HEIGHT - 8}" text-anchor="middle">robots</text>')
    for number, line in enumerate(lines):
        colour, dash = COLOURS.get(line.policy, "#3366aa"), DASHES.get(line.disturbed, "2 3")
        path = " ".join(f"{x(a)},{y(b)}" for a, b in line.points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>')
        parts += [f'<circle cx="{x(a)}" cy="{y(b)}" r="3" fill="{colour}"/>' for a, b in line.points]
        at, left = TOP + 8 + 20 * number, WIDTH - RIGHT + 10
        parts.append(f'<path d="M{left} {at}h22" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>')
        said = f"{NAMES.get(line.policy, line.policy)}, {SAYS.get(line.disturbed, line.disturbed)}"
        parts.append(f'<text x="{left + 28}" y="{at + 4}">{said}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'font-family="sans-serif" font-size="11" fill="#222"><title>Throughput against robots</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>{"".join(parts)}</svg>\n'
    )
