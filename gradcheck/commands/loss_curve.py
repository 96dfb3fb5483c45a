"""The loss curve of a training as a figure: SVG for a page, block characters for a terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence

from reference_nets.training import Epoch
from reports.document import Figure

_WIDTH, _HEIGHT, _MARGIN = 640, 260, 46
_BLOCKS = "▁▂▃▄▅▆▇█"
_COLUMNS = 48
_INK = 'fill="currentColor" stroke="none"'


def loss_curve(history: Sequence[Epoch]) -> Figure:
    """Cost (and held-out cost) against the epoch, the cost on a logarithmic scale."""
    series = {"training": [epoch.cost for epoch in history]}
    if any(math.isfinite(epoch.held_out_cost) for epoch in history):
        series["held out"] = [epoch.held_out_cost for epoch in history]
    return Figure(_svg(series), _text(series), caption="cost by epoch, on a logarithmic scale")


def _logs(values: Sequence[float]) -> list[float]:
    return [math.log10(max(value, 1e-300)) if math.isfinite(value) else math.nan for value in values]


def _range(series: dict[str, list[float]]) -> tuple[float, float]:
    finite = [v for values in series.values() for v in _logs(values) if math.isfinite(v)]
    low, high = min(finite, default=0.0), max(finite, default=1.0)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _text(series: dict[str, list[float]]) -> str:
    low, high = _range(series)
    lines = []
    for name, values in series.items():
        logs = _logs(values)
        count = min(_COLUMNS, len(logs))
        picked = [logs[index * (len(logs) - 1) // max(count - 1, 1)] for index in range(count)]
        bars = "".join(_BLOCKS[round((v - low) / (high - low) * 7)] if math.isfinite(v) else "?" for v in picked)
        lines.append(f"{name:>8} {bars} {values[0]:.3g} → {values[-1]:.3g}")
    return "\n".join(lines)


def _svg(series: dict[str, list[float]]) -> str:
    low, high = _range(series)
    last = max(len(values) for values in series.values()) - 1

    def place(epoch: int, log: float) -> str:
        x = _MARGIN + (_WIDTH - 2 * _MARGIN) * epoch / max(last, 1)
        y = _HEIGHT - _MARGIN + (2 * _MARGIN - _HEIGHT) * (log - low) / (high - low)
        return f"{x:.1f},{y:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        'aria-label="loss curve" font-family="sans-serif" font-size="12" fill="none" stroke="currentColor">',
        f'<path d="M{_MARGIN} {_MARGIN // 2}V{_HEIGHT - _MARGIN}H{_WIDTH - _MARGIN}" stroke-opacity="0.5"/>',
    ]
    dashes = ("", ' stroke-dasharray="5 4"')
    for number, (name, values) in enumerate(series.items()):
        points = " ".join(place(epoch, log) for epoch, log in enumerate(_logs(values)) if math.isfinite(log))
        parts.append(f'<polyline points="{points}" stroke-width="2"{dashes[number]}/>')
        line = 20 + 18 * number
        parts.append(f'<path d="M{_WIDTH - 150} {line}h28" stroke-width="2"{dashes[number]}/>')
        parts.append(f'<text x="{_WIDTH - 114}" y="{line + 4}" {_INK}>{name}</text>')
    for log in (low, high):
        x, y = place(0, log).split(",")
        parts.append(f'<text x="{float(x) - 6:.1f}" y="{y}" text-anchor="end" {_INK}>{10**log:.2g}</text>')
    parts.append(f'<text x="{_WIDTH - _MARGIN}" y="{_HEIGHT - 20}" text-anchor="end" {_INK}>epoch {last}</text></svg>')
    return "".join(parts)
