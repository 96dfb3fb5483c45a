"""Is a float asked for only to be written: ``"loss %.3f" % loss``?

The operator ``%`` of a string calls ``__float__`` as ``float(loss)`` does, but what comes of it is text. No other ``%`` asks
for one: that of floats, fractions and NumPy's numbers leaves the work to the class of the right-hand side.
"""

from __future__ import annotations

import dis
from functools import lru_cache
from types import CodeType, FrameType


def is_text_made(frame: FrameType) -> bool:
    """Is the operation that this frame is at a ``%``?"""
    return _is_percent(frame.f_code, frame.f_lasti)


@lru_cache(maxsize=256)
def _is_percent(code: CodeType, place: int) -> bool:
    return any(step.offset == place and step.argrepr in ("%", "%=") for step in dis.get_instructions(code))
