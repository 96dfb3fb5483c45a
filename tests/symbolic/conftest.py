"""Networks that cover every activation and every cost."""

from itertools import cycle, islice

import pytest

from reference_nets.spec import ACTIVATIONS, COSTS, NetworkSpec, pair_problem


def every_pair() -> list[NetworkSpec]:
    """2-3-2 networks with every allowed output activation and cost, hidden activations in turn, l2 in every other one."""
    pairs = [(name, cost) for cost in COSTS for name in ACTIVATIONS if pair_problem(name, 2, cost) is None]
    hidden = islice(cycle(ACTIVATIONS[:-1]), len(pairs))
    return [
        NetworkSpec((2, 3, 2), (inner, output), cost, 0.25 * (index % 2))
        for index, ((output, cost), inner) in enumerate(zip(pairs, hidden, strict=True))
    ]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "spec" in metafunc.fixturenames:
        metafunc.parametrize("spec", every_pair(), ids=str)
