"""How a number is written: the one place that decides.

Compact by default, because most numbers in a report are errors and budgets, of which the magnitude matters:

>>> number_text(1.1102230246251565e-16), number_text(0.29102777), number_text(0.5), number_text(12)
('1.1e-16', '0.291', '0.5', '12')

and with as many significant digits as asked for where the digits themselves are the message:

>>> number_text(0.2910277736940312, digits=12)
'0.291027773694'
"""

import math
from numbers import Integral, Real

NOTHING = "–"
COMPACT = 4  # significant digits of a number of ordinary size
EXTREME = 2  # of one that needs an exponent


def number_text(value: object, digits: int | None = None) -> str:
    """Write a number, ``NOTHING`` for None, yes or no for a truth value, and any other object as ``str``."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Real) and not isinstance(value, Integral):
        return _float_text(float(value), digits)
    return str(value)


def is_number(value: object) -> bool:
    """Tell whether a table sets this value as a number; a truth value is a word."""
    return isinstance(value, Real) and not isinstance(value, bool)


def _float_text(value: float, digits: int | None) -> str:
    if not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    text = f"{value:.{digits or _compact_digits(abs(value))}g}"
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if e else mantissa


def _compact_digits(size: float) -> int:
    if size == 0 or 1e-3 <= size < 1e6:
        return max(COMPACT, len(str(int(size))))
    return EXTREME
