"""The networks that `verify` takes when none is named: every preset, and a spread over activations, costs, depths and L2."""

from __future__ import annotations

from itertools import cycle, islice

from reference_nets.examples.presets import PRESETS
from reference_nets.spec import ACTIVATIONS, COSTS, NetworkSpec, pair_problem

# The smallest network on which every mistake of the recursion shows (three weight layers, two equal adjacent widths, two
# outputs), and the small ones that everybody tries first, which hide some.
_CHOSEN = (
    *("2-3-3-2", "2-3-3-2+l2=0.1", "2-3-1", "3-4:tanh-2", "4-5-3", "1-1:identity/mse"),
    *("3-4-1+nobias", "2-3-3-2+l2b=0.1"),
)
_WIDTHS = (5, 3, 3, 4)
_HIDDEN = tuple(name for name in ACTIVATIONS if name not in ("softmax", "identity"))


def default_networks() -> list[str]:
    """Presets and notations, each network once."""
    chosen = [str(NetworkSpec.parse(text)) for text in _CHOSEN]
    presets = {str(preset.spec) for preset in PRESETS.values()}
    return [*PRESETS, *dict.fromkeys(text for text in (*chosen, *map(str, spread())) if text not in presets)]


def spread() -> list[NetworkSpec]:
    """One network for each allowed pair of output activation and cost.

    Depth 0 to 4, hidden activations, L2, networks without biases and with regularised ones come in turn.
    """
    pairs = [(name, cost) for cost in COSTS for name in ACTIVATIONS if pair_problem(name, 3, cost) is None]
    hidden = cycle(_HIDDEN)
    networks = []
    for number, (name, cost) in enumerate(pairs):
        depth = number % 5
        sizes = (4, *_WIDTHS[:depth], 2 + number % 2)
        names, l2 = (*islice(hidden, depth), name), 0.125 * (number % 3 == 1)
        networks.append(NetworkSpec(sizes, names, cost, l2, has_biases=number % 4 != 3, l2_on_biases=number % 2 == 0))
    return networks
