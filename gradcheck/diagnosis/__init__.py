"""Which mistake is it? Hypotheses about wrong numbers, the simpler first."""

DOORS = ("catalogue_search", "difference_law", "follow_through", "glance", "glance_hypotheses", "other_network", "own_cost")
