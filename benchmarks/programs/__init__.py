"""Random programs in NumPy with their derivatives, to judge the judge: what `benchmarks.fuzz` and the suite draw from."""
