"""How long a check of a network takes, and the same network smaller."""

from __future__ import annotations

from dataclasses import replace

from gradcheck.sentences.durations import duration
from gradcheck.sentences.sentence import Sentence
from reference_nets.spec import NetworkSpec

SAID_FROM = 5.0  # seconds: what takes less is not announced
MOST_UNITS = 10  # of a layer of the smaller network: the formulas are the same


SMALLER = {
    "verify": Sentence("networks.smaller-verify"),
    "derive": Sentence("networks.smaller-derive"),
    "validate": Sentence("networks.smaller-validate"),
    "check": Sentence("networks.smaller-check"),
}


def narrower(spec: NetworkSpec) -> str:
    """The same network with at most ten units in each layer.

    >>> narrower(NetworkSpec.parse("784-128:tanh-10:softmax/cross_entropy"))
    '10-10:tanh-10:softmax/cross_entropy'
    """
    return str(replace(spec, sizes=tuple(min(size, MOST_UNITS) for size in spec.sizes)))


def announcement(what: str, spec: NetworkSpec, seconds: float) -> Sentence:
    """The line that is said beforehand; ``what`` is the task: verify, derive, validate or check."""
    return Sentence(
        "networks.long",
        network=str(spec),
        parameters=spec.n_params,
        time=duration(seconds),
        smaller=SMALLER[what],
        narrower=narrower(spec),
    )
