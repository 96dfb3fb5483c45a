"""One request for numbers: the point is unpacked, the adapter called, the answer flattened in a known order."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import FrameType
from typing import Any

import numpy as np

_FROM_BYTES, _CONCATENATE, _PROD = np.frombuffer, np.concatenate, np.prod


def unpack(contracts: Any, header: Mapping[str, Any], payload: bytes) -> tuple[Any, Any]:
    """The network and the point: parameters in the order of the keys, then x, then y."""
    net = contracts.Net(tuple(header["sizes"]), tuple(header["activations"]), header["cost"], header["l2"])
    shapes = {**net.shapes, "x": (header["m"], net.sizes[0]), "y": (header["m"], net.sizes[-1])}
    numbers, start, arrays = _FROM_BYTES(payload, dtype="<f8"), 0, {}
    for key, shape in shapes.items():
        count = int(_PROD(shape))
        arrays[key] = numbers[start : start + count].reshape(shape).copy()
        start += count
    x, y = arrays.pop("x"), arrays.pop("y")
    return net, contracts.Point(arrays, x, y)


def flatten(net: Any, grads: Mapping[str, Any]) -> tuple[bytes, bool]:
    """The gradient's numbers in the order of the keys as float64, and whether any came in single precision."""
    single = any(grads[key].dtype.itemsize < 8 for key in net.shapes)
    return _CONCATENATE([grads[key].ravel().astype("<f8") for key in net.shapes]).tobytes(), single


class CallCounter:
    """Counts, while it is on, how often each function of the submission is entered."""

    def __init__(self, files: Mapping[str, Any]) -> None:
        self.files = files
        self.calls: dict[str, int] = {}
        self.complex = False  # whether a function that ran knows complex numbers

    def __enter__(self) -> CallCounter:
        sys.setprofile(self._event)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _event(self, frame: FrameType, event: str, argument: Any) -> None:
        del argument
        code = frame.f_code
        if event == "call" and code.co_filename in self.files and not code.co_name.startswith("<"):
            self.calls[code.co_qualname] = self.calls.get(code.co_qualname, 0) + 1
            self.complex |= any(isinstance(c, complex) for c in code.co_consts) or any("complex" in n for n in code.co_names)
