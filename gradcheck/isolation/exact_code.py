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
    "gradcheck.sentences.sentence",
    "gradcheck.sentences.english.following",
    "gradcheck.sentences.english.inputs",
    "symbolic.balls",
    "gradcheck.judge.subgradients",
    "gradcheck.judge.float_formats",
    "gradcheck.certified.code.libraries",
    "gradcheck.certified.code.reasons",
    "gradcheck.certified.numbers.nodes",
    "gradcheck.certified.numbers.elementary",
    "gradcheck.certified.numbers.choices",
    "gradcheck.certified.numbers.run_state",
    "gradcheck.certified.numbers.directions",
    "gradcheck.certified.numbers.constants",
    "gradcheck.certified.numbers.registry",
    "gradcheck.certified.numbers.comparisons",
    "gradcheck.certified.code.text",
    "gradcheck.certified.numbers.scalars",
    "gradcheck.certified.numbers.operations",
    "gradcheck.certified.numbers.piecewise",
    "gradcheck.certified.composed.special_functions",
    "gradcheck.certified.numbers.arrays",
    "gradcheck.certified.numbers.complex_arrays",
    "gradcheck.certified.numbers.dispatch",
    "gradcheck.certified.numpy_functions.reductions",
    "gradcheck.certified.numpy_functions.sums",
    "gradcheck.certified.numpy_functions.ufunc_methods",
    "gradcheck.certified.numpy_functions.extremes",
    "gradcheck.certified.numpy_functions.orders",
    "gradcheck.certified.numpy_functions.selections",
    "gradcheck.certified.numpy_functions.entrywise",
    "gradcheck.certified.linear_algebra.matrix_blocks",
    "gradcheck.certified.linear_algebra.linear_maps",
    "gradcheck.certified.linear_algebra.products",
    "gradcheck.certified.linear_algebra.linear_systems",
    "gradcheck.certified.linear_algebra.factorisations",
    "gradcheck.certified.linear_algebra.eigen_enclosures",
    "gradcheck.certified.linear_algebra.eigenvalues",
    "gradcheck.certified.linear_algebra.singular_values",
    "gradcheck.certified.linear_algebra.matrix_functions",
    "gradcheck.certified.numpy_functions.rearrangements",
    "gradcheck.certified.numpy_functions.new_arrays",
    "gradcheck.certified.linear_algebra.einsum",
    "gradcheck.certified.linear_algebra.norms_and_powers",
    "gradcheck.certified.numpy_functions.lookups",
    "gradcheck.certified.composed.more_functions",
    "gradcheck.certified.numpy_functions.missing",
    "gradcheck.certified.composed.polynomials",
    "gradcheck.certified.composed.fourier",
    "gradcheck.certified.runs.all_rules",
    "gradcheck.certified.replacements.ours",
    "gradcheck.certified.composed.densities",
    "gradcheck.certified.replacements.distributions",
    "gradcheck.certified.composed.linalg",
    "gradcheck.certified.replacements.array_makers",
    "gradcheck.certified.composed.convolutions",
    "gradcheck.certified.composed.distances",
    "gradcheck.certified.replacements.number_functions",
    "gradcheck.certified.replacements.float_names",
    "gradcheck.certified.replacements.sparse_matrices",
    "gradcheck.certified.replacements.table",
    "gradcheck.certified.code.reach",
    "gradcheck.certified.replacements.kept",
    "gradcheck.certified.replacements.namespaces",
    "gradcheck.arrays.pytree",
    "gradcheck.certified.runs.evaluate",
)


@lru_cache(maxsize=1)
def exact_code() -> bytes:
    """``[(name, code), ...]`` as bytes for the same interpreter."""
    return marshal.dumps([(name, _code(name)) for name in MODULES])


def _code(name: str) -> Any:
    """The code of a module from its file, or from what was compiled of it before."""
    return SourceFileLoader(name, str(ROOT.joinpath(*name.split(".")).with_suffix(".py"))).get_code(name)
