"""Which mistake is it? Hypotheses about wrong numbers, the simpler first."""

DOORS = (
    "catalogue_search",
    "difference_law",
    "glance",
    "glance_hypotheses",
    "layer_catalogue",
    "mistake_words",
    "narrow_witness",
    "other_network",
    "own_cost",
    "plain_facts",
)
