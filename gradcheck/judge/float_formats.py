"""The float formats shorter than float64 as a table, and which of them could hold given numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


MANY = 10  # binary digits, of which simple fractions have fewer


@dataclass(frozen=True)
class FloatFormat:
    """A format: binary digits of its significand, smallest number, and the format in which it usually adds up."""

    name: str
    digits: int
    tiny: float
    accumulator: str

    @property
    def u(self) -> float:
        """The unit roundoff."""
        return 2.0**-self.digits

    def holds(self, values: Array) -> bool:
        """Whether each number is exactly one of this format (however large: what overflows is infinite)."""
        numbers = np.asarray(values, dtype=np.float64)
        fractions, exponents = np.frexp(numbers)
        steps = np.maximum(np.ldexp(1.0, np.maximum(exponents - self.digits, -1074)), self.tiny)
        with np.errstate(over="ignore"):
            return bool((np.isfinite(fractions) & (numbers == np.round(numbers / steps) * steps)).all())

    def long(self, values: Array) -> Array:
        """Of numbers that it holds, those that use all of its digits but one, or many: simple fractions such as 0.75 do not."""
        fractions, _ = np.frexp(np.asarray(values, dtype=np.float64))
        return np.asarray(np.ldexp(fractions, min(self.digits - 2, MANY)) % 1 != 0)


# The shorter the earlier. tf32 is how a GPU multiplies float32 numbers: no array has this format.
FORMATS = (
    FloatFormat("float8_e5m2", 3, 2.0**-16, "float32"),
    FloatFormat("float8_e4m3", 4, 2.0**-9, "float32"),
    FloatFormat("bfloat16", 8, 2.0**-133, "float32"),
    FloatFormat("float16", 11, 2.0**-24, "float32"),
    FloatFormat("tf32", 11, 2.0**-136, "float32"),
    FloatFormat("float32", 24, 2.0**-149, "float32"),
)
BY_NAME = {form.name: form for form in FORMATS}
# How libraries and code call them besides.
ALIASES = {
    "half": "float16", "f2": "float16", "<f2": "float16",
    "single": "float32", "f4": "float32", "<f4": "float32", "TF32": "tf32",
    "bf16": "bfloat16", "fp16": "float16", "fp32": "float32",
    "float8_e4m3fn": "float8_e4m3", "float8_e4m3fnuz": "float8_e4m3", "float8_e4m3b11fnuz": "float8_e4m3",
    "e4m3": "float8_e4m3",
    "float8_e5m2fnuz": "float8_e5m2", "e5m2": "float8_e5m2",
}  # fmt: skip
SINGLE = BY_NAME["float32"]
IN_NUMBERS = tuple(form for form in FORMATS if form.name != "tf32")  # those that numbers themselves can show


def named(name: str) -> FloatFormat | None:
    """The format of that name; None for float64 and for what is no name of one."""
    return BY_NAME.get(ALIASES.get(name, name))


def of_dtype(dtype: Any) -> FloatFormat | None:
    """The format of a dtype of NumPy, ml_dtypes or PyTorch; None where it is float64, or no float."""
    return named(str(dtype).rpartition(".")[2])


@dataclass(frozen=True)
class DeclaredFormat:
    """What the option ``dtype=`` of a check said: a short format, or None for float64, in which nothing is lost unseen."""

    form: FloatFormat | None


def declared(dtype: Any) -> DeclaredFormat | None:
    """What the option ``dtype=`` of a check says; ValueError for what is no format."""
    if dtype is None:
        return None
    name = dtype if isinstance(dtype, str) else getattr(dtype, "__name__", None) or str(dtype)
    found = of_dtype(name)
    if found is None and name.rpartition(".")[2] not in ("float64", "double", "float"):
        raise ValueError(f"dtype is {dtype!r}, expected 'float64' or one of {', '.join(map(repr, BY_NAME))}")
    return DeclaredFormat(found)


def coarsest(formats: Iterable[FloatFormat | None]) -> FloatFormat | None:
    """The shortest of some formats; None where none is short."""
    return min((form for form in formats if form), key=lambda form: form.digits, default=None)


def is_extension(dtype: np.dtype[Any]) -> bool:
    """Whether this is a number format that another library adds to NumPy, such as ``bfloat16`` of ml_dtypes."""
    return dtype.kind == "V" and dtype.names is None and dtype.type is not np.void
