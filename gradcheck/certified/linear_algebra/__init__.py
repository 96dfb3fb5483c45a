"""Matrices of balls: products, systems, factorisations, eigenvalues, each one block on the tape."""
