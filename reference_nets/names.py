"""The network that a user names: a notation is read at once, the presets with their data are loaded for a name only."""

from __future__ import annotations

from reference_nets.spec import NetworkSpec


def named_spec(text: str) -> NetworkSpec:
    """The network of a notation or of a preset's name; raises ValueError with what is allowed.

    >>> str(named_spec("2-1/bce")), str(named_spec("logistic-regression"))
    ('2-1:sigmoid/bce', '2-1:sigmoid/bce')
    """
    if text[:1].isdigit():
        return NetworkSpec.parse(text)
    from reference_nets.examples.presets import resolve

    return resolve(text).spec
