"""Which witness judges the numbers of a claimed gradient: the strongest that can follow the code."""
