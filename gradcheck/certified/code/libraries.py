"""Which packages are libraries of numbers or tools: their code is followed by NumPy's protocols, or not at all."""

from __future__ import annotations

import sys
from typing import Any

LIBRARIES = frozenset(
    {*sys.stdlib_module_names, "numpy", "scipy", "flint", "sympy", "mpmath", "hypothesis", "pytest", "_pytest", "pluggy"}
    | {"matplotlib", "pandas", "torch", "jax", "jaxlib", "gradcheck", "symbolic", "reports", "tqdm"}
    | {"numba", "tensorflow", "keras", "cupy", "h5py", "PIL", "cv2", "IPython", "ipykernel", "coverage", "cython"}
) - {"__main__"}


def package(module: Any) -> str:
    """The package of a module's name: ``numpy`` of ``numpy.linalg``."""
    return module.partition(".")[0] if isinstance(module, str) else ""
