"""How a document reads as JSON: strict, in the order of its author, the same on every run."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from numbers import Integral, Real
from typing import Any

from reports.document import Document
from reports.neutral import is_harmful


def render(document: Document) -> str:
    """Write the document's data if it has any, else its blocks; numbers that JSON does not know become null."""
    value = structure(document) if document.data is None else document.data
    text = json.dumps(jsonable(value), ensure_ascii=False, allow_nan=False, indent=2)
    return re.sub(r"[^\n -~]", _escaped, text) + "\n"


def structure(document: Document) -> dict[str, Any]:
    """Return the document itself as data: every block with its kind under ``type``."""
    return {"title": document.title, "language": document.language, "blocks": list(document.blocks)}


def jsonable(value: object) -> Any:
    """Turn mappings, sequences, sets, NumPy arrays and dataclasses into what JSON knows; NaN and infinity into null."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: jsonable(getattr(value, field.name)) for field in fields(value)}
        return {"type": type(value).__name__.lower(), **parts}
    if hasattr(value, "tolist"):
        return jsonable(value.tolist())
    if isinstance(value, set | frozenset):
        return [jsonable(item) for item in sorted(value)]
    if isinstance(value, list | tuple):
        return [jsonable(item) for item in value]
    raise TypeError(f"{value!r} of type {type(value).__name__} has no form in JSON; turn it into numbers or text first")


def _escaped(match: re.Match[str]) -> str:
    character = match.group()
    return json.dumps(character)[1:-1] if is_harmful(character) else character
