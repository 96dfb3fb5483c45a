"""How long a check of a network takes, in words, and the same network smaller."""

from __future__ import annotations

from dataclasses import replace

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


def duration(seconds: float) -> Sentence:
    """Seconds, minutes or hours, as one says them.

    >>> str(duration(14)), str(duration(200)), str(duration(9000))
    ('14 seconds', '3 minutes', '2.5 hours')
    """
    if seconds < 90:
        return Sentence("networks.seconds", seconds=seconds)
    if seconds < 5400:
        return Sentence("networks.minutes", minutes=seconds / 60)
    return Sentence("networks.hours", hours=seconds / 3600)


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
