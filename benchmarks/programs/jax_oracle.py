"""JAX beside the others, where it is installed and can run a program: its own derivative of the same code."""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

import numpy as np

from benchmarks.programs.cases import Case
from benchmarks.programs.oracle import flat

AGREE = 1e-8
EVERY = 10  # of so many programs one is asked of JAX: compiling takes longer than all the rest
FORGETS = 500  # so many later what it has compiled is forgotten: it would fill the memory


@cache
def _jax() -> Any:
    try:
        import jax
    except ImportError:
        return None
    jax.config.update("jax_enable_x64", True)
    return jax


def jax_agrees(case: Case, number: int) -> bool | None:
    """Whether JAX gives the Jacobian of the tangents; None where it is not asked, not there or cannot run the program."""
    jax = _jax() if number % EVERY == 0 else None
    if jax is not None and number % FORGETS == 0:
        jax.clear_caches()
    text = case.program.text()
    if jax is None or any(word in text for word in ("math.", "scipy", "] = t", "copy()", ".item(", "einsum_path", "view")):
        return None
    code = text.replace("import numpy as np", "import jax.numpy as np")
    namespace: dict[str, Any] = {"__name__": "program"}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(code, "<program for jax>", "exec"), namespace)
            x, f = namespace["x"], namespace["f"]
            numbers = flat(jax.tree_util.tree_map(np.asarray, f(x)))
            found = jax.jacfwd(f)(jax.tree_util.tree_map(lambda part: jax.numpy.asarray(part, dtype=float), x))
            jacobian = _in_rows(found, case, numbers.size)
    except Exception:
        return None
    if not np.isfinite(jacobian).all():
        return None
    return bool(np.max(np.abs(jacobian - case.jacobian)) <= AGREE * max(1.0, float(np.max(np.abs(case.jacobian)))))


def _in_rows(found: Any, case: Case, outputs: int) -> Any:
    """The Jacobian of one array as rows and columns; of several, one below the other."""
    if isinstance(case.program.returned, dict | tuple):
        parts = list(found.values()) if isinstance(found, dict) else list(found)
        return np.concatenate([_rows_of(part, case) for part in parts])
    return _rows_of(found, case).reshape(outputs, -1)


def _rows_of(found: Any, case: Case) -> Any:
    x = case.program.x
    columns = list(found.values()) if isinstance(found, dict) else list(found) if isinstance(found, tuple) else [found]
    parts = list(x.values()) if isinstance(x, dict) else list(x) if isinstance(x, tuple) else [x]
    return np.concatenate(
        [np.asarray(block).reshape(-1, np.size(part)) for block, part in zip(columns, parts, strict=True)], axis=1
    )
