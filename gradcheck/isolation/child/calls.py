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
    how = (header["cost"], header["l2"], header.get("biases", True))
    net = contracts.Net(tuple(header["sizes"]), tuple(header["activations"]), *how)
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


_COMPLEX = {"complex", "complex64", "complex128", "cdouble", "imag"}  # to ask for one (iscomplexobj) is no use of it
_NO_FUNCTIONS = ("<module>", "<listcomp>", "<dictcomp>", "<setcomp>", "<genexpr>")


class CallCounter:
    """Counts, while it is on, how often each function of the submission is entered, and how often each line runs."""

    def __init__(self, files: Mapping[str, Any]) -> None:
        self.files = files
        self.calls: dict[str, int] = {}
        self.lines: dict[int, int] = {}
        self.complex = False  # whether a function that ran knows complex numbers

    def __enter__(self) -> CallCounter:
        sys.settrace(self._event)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)

    @property
    def busiest(self) -> tuple[int, int]:
        """The line that ran most often, and how often."""
        return max(self.lines.items(), key=lambda item: item[1], default=(0, 0))

    def _event(self, frame: FrameType, event: str, argument: Any) -> Any:
        del event, argument
        code = frame.f_code
        if code.co_filename not in self.files:
            return None
        if code.co_name not in _NO_FUNCTIONS:
            self.calls[code.co_qualname] = self.calls.get(code.co_qualname, 0) + 1
        self.complex |= any(isinstance(c, complex) for c in code.co_consts) or not _COMPLEX.isdisjoint(code.co_names)
        return self._line

    def _line(self, frame: FrameType, event: str, argument: Any) -> Any:
        del argument
        if event == "line":
            self.lines[frame.f_lineno] = self.lines.get(frame.f_lineno, 0) + 1
        return self._line
