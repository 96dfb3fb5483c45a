"""All modules that hold rules: importing this one fills the tables."""

from gradcheck.certified import (  # noqa: F401
    dispatch,
    entrywise,
    extremes,
    factorisations,
    functions,
    orders,
    selections,
    sums,
    ufunc_methods,
)
