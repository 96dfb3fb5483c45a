"""The runner: what executes in the fresh interpreter. Standard library and NumPy only, relative imports only."""
