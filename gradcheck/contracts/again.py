"""One object asked three times: what it keeps from call to call shows in its answers, and in its attributes.

Every other call of a contract makes an object of its own, which would hide a buffer on ``self`` that is never set to zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .common import Array

TIMES = 3
RESETS = (
    *("zero_grad", "zero_grads", "zero_gradients", "zero_gradient", "clear_grads", "clear_grad", "clear_gradients"),
    *("reset_grads", "reset_grad", "reset_gradients", "reset_gradient", "reset"),
)
MOST_PARTS = 64


@dataclass(frozen=True)
class Again:
    """The gradients of the calls of one object; fewer where a later call failed, for the reason ``ended``.

    ``moved`` names the attributes that differ after equal calls. ``reset`` is the method of the class after which the next
    call gives the first answer again, nothing where there is none.
    """

    grads: list[dict[str, Array]]
    moved: list[str]
    ended: str
    reset: str


def asked_again(made: Callable[[], Any], ask: Callable[[Any], dict[str, Array]]) -> Again:
    """Ask one object several times; then, if it has a method that clears its gradients, whether that does it."""
    one, grads, ended = made(), [], ""
    states: list[Mapping[str, Any]] = []
    for _ in range(TIMES):
        try:
            grads.append({key: np.array(value) for key, value in ask(one).items()})
        except Exception as error:
            if not grads:
                raise
            ended = f"{type(error).__name__}: {error}"[:200]
            break
        states.append(_numbers(one))
    moved = [name for name in states[-1] if len(states) > 1 and not _equal(states[-1][name], states[-2].get(name))]
    return Again(grads, moved, ended, _reset(made(), ask, grads[0]))


def _reset(one: Any, ask: Callable[[Any], dict[str, Array]], first: Mapping[str, Array]) -> str:
    """The name of the method after which an object answers as if it were new."""
    for name in RESETS:
        if callable(getattr(one, name, None)):
            try:
                ask(one)
                getattr(one, name)()
                again = ask(one)
            except Exception:
                return ""
            return name if all(np.array_equal(again[key], first[key]) for key in first) else ""
    return ""


def _numbers(one: Any) -> dict[str, Any]:
    """The arrays and numbers that an object's attributes hold, copied."""
    return {name: _copied(value, 2) for name, value in vars(one).items()} if hasattr(one, "__dict__") else {}


def _copied(value: Any, depth: int) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    if depth and isinstance(value, list | tuple) and len(value) <= MOST_PARTS:
        return [_copied(part, depth - 1) for part in value]
    if depth and isinstance(value, dict) and len(value) <= MOST_PARTS:
        return {key: _copied(part, depth - 1) for key, part in value.items()}
    return value if isinstance(value, int | float) else None


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return np.array_equal(one, other)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    return bool(one == other)
