"""Where the arguments of a row must lie, what shapes they must have, and how a value is brought there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.programs.rows import Row, row

MARGIN = 0.02  # a kink or a pole is at least so far away
LARGEST = 4.0

Array = np.ndarray[Any, Any]


def far(a: Any, *levels: float) -> bool:
    """Whether no entry lies near one of some numbers."""
    return all(bool(np.min(np.abs(np.asarray(a) - level)) > MARGIN) for level in levels)


def off_integers(a: Any) -> bool:
    """Whether no entry lies near an integer."""
    return bool(np.min(np.abs(a - np.rint(a))) > MARGIN)


def apart(a: Any) -> bool:
    """Whether no two entries are near each other, and none near 0."""
    flat = np.sort(np.ravel(a))
    return bool(np.min(np.diff(flat), initial=1.0) > MARGIN) and far(a, 0.0)


def regular(a: Any) -> bool:
    """Whether every matrix of a stack is well conditioned, with entries and pivots that are not small."""
    return bool(np.max(np.linalg.cond(a)) < 30) and far(a, 0.0)


def steady_spectrum(s: Any) -> bool:
    """Whether the eigenvalues of a symmetric matrix are apart and none is small, and no entry of an eigenvector is near 0."""
    values, vectors = np.linalg.eigh(s)
    return bool(np.min(np.diff(values)) > 0.3 and np.min(np.abs(values)) > 0.1 and far(vectors, 0.0))


# What guards may ask.
GUARDS = {"far": far, "off_integers": off_integers, "steady_spectrum": steady_spectrum}
Domain = tuple[Callable[[Array], bool], tuple[Row, ...]]
DOMAINS: dict[str, Domain] = {
    "any": (lambda a: True, (row("2 * np.sin({a})", "2 * np.cos({a}) * {da}"), row("{A} / 8"))),
    "unit": (lambda a: bool(np.max(np.abs(a)) < 0.9), (row("0.8 * np.sin({a})", "0.8 * np.cos({a}) * {da}"),)),
    "positive": (
        lambda a: bool(np.min(a) > 0.15),
        (row("1.5 + np.sin({a})", "np.cos({a}) * {da}"), row("0.25 + {a} ** 2", "2 * {a} * {da}")),
    ),
    "above": (lambda a: bool(np.min(a) > 1.1), (row("1.5 + np.cos({a}) ** 2", "-2 * np.cos({a}) * np.sin({a}) * {da}"),)),
    "share": (lambda a: bool(np.min(a) > 0.05 and np.max(a) < 0.95), (row("0.5 + 0.4 * np.cos({a})", "-0.4 * np.sin({a}) * {da}"),)),
    "nonzero": (lambda a: far(a, 0.0) and far(a * 5, 0.0), (row("{signs} * (1.5 + np.sin({a}))", "{signs} * np.cos({a}) * {da}"),)),
    "between": (lambda a: off_integers(2 * a), (row("{A} * 0.9"), row("{a} + 0.3", "{da}"))),
    "apart": (apart, (row("{spread} + 0.1 * {a}", "0.1 * {da}"),)),
    "sizes": (lambda a: apart(np.abs(a)), (row("{signs} * ({ranks} + 0.1 * np.sin({a}))", "{signs} * 0.1 * np.cos({a}) * {da}"),)),
    "regular": (regular, (row("{a} + 2.5 * np.eye({last})", "{da}"),)),
}  # fmt: skip


def shape_of(name: str, a: Any, rng: np.random.Generator) -> tuple[int, ...] | None:
    """A shape of that name; relative names follow the shape of a. None stands for any."""
    shape = np.shape(a)
    n, m = int(rng.integers(2, 4)), int(rng.integers(2, 4))
    choices: dict[str, Any] = {
        "": None,
        "number": (),
        "vector": (int(rng.integers(2, 6)),),
        "some": (n,),
        "array": (n,) if rng.integers(2) else (n, m),
        "matrix": (n, m),
        "square": (n, n),
        "stack": (n, 2, 2),
        "tall": (3, 2),
        "three": (3,),
        "threes": (3, 2),
        "like": shape,
        "broadcast": _broadcast(shape, rng),
        "after": (*shape[-1:], m),
        "columns": shape[-1:],
        "rows": shape[:1],
    }
    return choices[name]  # type: ignore[no-any-return]


def _broadcast(shape: tuple[int, ...], rng: np.random.Generator) -> tuple[int, ...]:
    kind = int(rng.integers(4))
    if kind == 0 or not shape:
        return shape
    if kind == 1:
        return ()
    if kind == 2:
        return shape[1:]
    return tuple(1 if rng.integers(2) else n for n in shape)


FITS: dict[str, Callable[[tuple[int, ...]], bool]] = {
    "": lambda s: True,
    "some": lambda s: len(s) > 0,
    "number": lambda s: s == (),
    "vector": lambda s: len(s) == 1 and s[0] >= 2,
    "array": lambda s: 1 <= len(s) <= 2 and min(s) >= 2,
    "matrix": lambda s: len(s) == 2 and min(s) >= 2,
    "square": lambda s: len(s) == 2 and s[0] == s[1] >= 2,
    "stack": lambda s: len(s) == 3 and s[1:] == (2, 2),
    "tall": lambda s: s == (3, 2),
    "three": lambda s: s == (3,),
    "threes": lambda s: s == (3, 2),
}
TO_SHAPE = (
    row("np.resize({A}, {to})"),
    row("np.resize({A}, {to}) * {scales}"),
)
TO_NUMBER = (row("{A}.ravel()[{first}]"), row("np.sum({A})"), row("{A}.mean()"), row("{A}.reshape(-1)[-1]"))
FROM_NUMBER = (row("{A} * {scales}"), row("{scales} - {a}", "-{da} * np.ones({to})"))
