"""Functions made of those below: Fourier transforms, convolutions, polynomials, and what SciPy has."""
