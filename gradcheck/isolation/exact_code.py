"""What a confined process gets of the ball arithmetic: the modules of a run without a tape, as compiled code.

The code travels through the channel of requests before the process is confined, so no file of the toolkit has to be
readable there. There is no tape among it: a submission finds nothing that could differentiate for it.
"""

from __future__ import annotations

import marshal
from functools import lru_cache
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

# In the order in which they import each other; a test holds the list against the imports.
MODULES = (
    "symbolic.balls",
    "gradcheck.subgradients",
    "gradcheck.float_formats",
    *(
        f"gradcheck.certified.{name}"
        for name in (
            "libraries", "reasons", "nodes", "rules", "choices", "active", "directions", "constants", "tables", "comparisons",
            "text", "scalars", "operations", "piecewise", "special_functions", "arrays", "complex_arrays", "logic",
            "plain_calls", "dispatch", "reductions", "sums", "ufunc_methods", "extremes", "orders", "selections", "entrywise",
            "matrices", "linear_maps", "products", "linear_systems", "factorisations", "eigen_enclosures", "eigenvalues",
            "singular_values", "matrix_functions", "rearrangements", "new_arrays", "einsum", "linear_algebra", "lookups",
            "more_functions", "missing", "polynomials", "fourier", "all_rules", "concerned", "densities", "distributions",
            "scipy_linalg", "array_makers", "convolutions", "distances", "number_functions", "float_names", "sparse_matrices",
            "replacements", "reach", "kept", "namespaces", "structure", "values",
        )
    ),
)


@lru_cache(maxsize=1)
def exact_code() -> bytes:
    """``[(name, code), ...]`` as bytes for the same interpreter."""
    return marshal.dumps([(name, _code(name)) for name in MODULES])


def _code(name: str) -> Any:
    """The code of a module from its file, or from what was compiled of it before."""
    return SourceFileLoader(name, str(ROOT.joinpath(*name.split(".")).with_suffix(".py"))).get_code(name)
