"""All modules that hold rules: importing this one fills the tables."""

from gradcheck.certified.composed import fourier, more_functions, polynomials, special_functions
from gradcheck.certified.linear_algebra import (
    eigenvalues,
    einsum,
    factorisations,
    linear_systems,
    norms_and_powers,
    products,
    singular_values,
)
from gradcheck.certified.numbers import dispatch
from gradcheck.certified.numpy_functions import (
    entrywise,
    extremes,
    lookups,
    missing,
    new_arrays,
    orders,
    rearrangements,
    selections,
    sums,
    ufunc_methods,
)
