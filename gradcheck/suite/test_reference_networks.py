"""The reference networks, verified: every witness against every other, properties, published figures."""

import pytest

from gradcheck.judge.verdicts import Verdict
from gradcheck.verification.default_networks import default_networks
from gradcheck.verification.verify import verify_network

RIGHT = (Verdict.MATCH, Verdict.KINK)


@pytest.mark.parametrize("name", default_networks())
def test_the_gradient_of_a_network_is_right_by_every_witness(name: str) -> None:
    """Witnesses that share no formula agree within rounding, and the claims about the recursion hold."""
    result = verify_network(name)
    verdicts = [part.verdict for part in result.claims]
    verdicts += [part.verdict for part in result.quantities]
    verdicts += [part.verdict for part in result.comparisons]
    verdicts += [part.verdict for part in result.properties]
    assert set(verdicts) <= set(RIGHT), result.to_dict()
