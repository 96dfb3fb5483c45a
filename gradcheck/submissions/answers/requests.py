"""What the confined process is asked, in words and bytes: a network at a point, a layer function with its arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec


def request(spec: NetworkSpec, point: Point) -> tuple[dict[str, Any], bytes]:
    """The network as words, the point as bytes: parameters in the order of the keys, x, y."""
    header = {
        "sizes": list(spec.sizes), "activations": list(spec.activations), "cost": spec.cost, "l2": spec.l2, "m": len(point.x),
        "biases": spec.has_biases,
    }  # fmt: skip
    arrays = [*(point.params[key] for key in spec.keys), point.x, point.y]
    return header, b"".join(np.ascontiguousarray(array, dtype="<f8").tobytes() for array in arrays)


def layer_request(name: str, arrays: Sequence[Array], shapes: Sequence[tuple[int, ...]]) -> tuple[dict[str, Any], bytes]:
    """What a layer function is asked: the shapes of what it is handed and of what it gives back, then the numbers."""
    header = {"function": name, "arrays": [array.shape for array in arrays], "results": [list(shape) for shape in shapes]}
    return header, b"".join(np.ascontiguousarray(array, dtype="<f8").tobytes() for array in arrays)
