"""Certificates: a verdict on a network's gradient with all that is needed to check it again without this toolkit's code.

A certificate is JSON: the network in plain fields, the point and the claimed gradient as hexadecimal floats (exact), the
enclosure ``mid + low +- rad`` and the rounding budget of every entry, the verdicts, and a SHA-256 of it all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gradcheck.judge.judge import judge
from gradcheck.version import __version__
from gradcheck.witnesses.network_truth import truth_at
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from reports.files import write_atomically

SCHEMA = "gradcheck.certificate/1"


def certificate(
    spec: NetworkSpec, point: Point, claimed: Mapping[str, Array], *, seed: int | None = None
) -> dict[str, Any]:
    """The certificate of a claimed gradient (keys and shapes as the parameters') at a point.

    >>> from reference_nets.network import backward
    >>> from reference_nets.points import init_params, random_batch
    >>> rng = np.random.default_rng(1)
    >>> spec = NetworkSpec.parse("2-1/mse")
    >>> point = Point(init_params(spec, rng), *random_batch(spec, rng, 3))
    >>> certificate(spec, point, backward(spec, point.params, point.x, point.y))["verdicts"]
    {'W1': 'match', 'b1': 'match'}
    """
    truth = truth_at(spec, point)
    checks = judge(truth, claimed)
    data: dict[str, Any] = {
        "schema": SCHEMA,
        "toolkit": __version__,
        "network": {
            "notation": str(spec),
            "sizes": list(spec.sizes),
            "activations": list(spec.activations),
            "cost": spec.cost,
            "l2": float(spec.l2).hex(),
            **({} if spec.has_biases else {"biases": False}),
            **({"l2_on_biases": True} if spec.l2_on_biases else {}),
        },
        "seed": seed,
        "witness": truth.witness,
        "point": {**{key: exact(value) for key, value in point.params.items()}, "x": exact(point.x), "y": exact(point.y)},
        "claimed": {key: exact(claimed[key]) for key in truth.gradient},
        "enclosure": {
            key: {"mid": exact(part.mid), "low": exact(part.low), "rad": exact(part.rad)}
            for key, part in truth.gradient.items()
        },
        "budget": {key: exact(truth.budget.rounding[key]) for key in truth.gradient},
        "verdicts": {key: str(check.verdict) for key, check in checks.items()},
    }
    return {**data, "sha256": digest(data)}


def write_certificate(path: Path | str, data: Mapping[str, Any]) -> None:
    """Write a certificate as JSON, all of it or nothing."""
    write_atomically(Path(path), (json.dumps(data, indent=1) + "\n").encode())


def digest(data: Mapping[str, Any]) -> str:
    """The SHA-256 of a certificate's content: sorted keys, no spaces, without the hash itself."""
    content = {key: value for key, value in data.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def exact(array: Array) -> Any:
    """Nested lists of hexadecimal floats: nothing is rounded."""
    values = np.asarray(array, dtype=np.float64)
    return [exact(part) for part in values] if values.ndim else float(values).hex()
