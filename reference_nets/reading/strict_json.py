"""JSON from a file that nobody vouches for: what is damaged or ambiguous is refused in one sentence, quickly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

LARGEST_FILE = 256 * 2**20  # bytes
CHUNK = 2**20  # bytes that are read at once: a short file takes no more room than it has
LONGEST_NUMBER = 1000  # digits; Python itself takes minutes for 10^7 of them, and no float needs more
DEEPEST = 100  # lists in lists; the largest that is written here has six


class DamagedFile(ValueError):  # noqa: N818 - it says what the file is
    """A file that does not hold what was looked for: which one, and in ``reason`` what is wrong with it and what to try."""

    def __init__(self, path: Path, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{path} {reason}")


def read_file(path: Path, *, largest: int = LARGEST_FILE, empty: bool = False) -> bytes:
    """The bytes of a file; DamagedFile for a directory, a file that is too large, and an empty one unless that may be.

    A file that is missing or may not be read stays an OSError.
    """
    if path.is_dir():
        raise DamagedFile(path, "is a directory, expected a file; name a file in it")
    with path.open("rb") as file:
        parts, size = [], 0
        while size <= largest and (part := file.read(CHUNK)):
            parts.append(part)
            size += len(part)
    content = b"".join(parts)
    if not content and not empty:
        raise DamagedFile(path, "is empty; was it written to the end?")
    if len(content) > largest:
        raise DamagedFile(path, f"is larger than {largest // 2**20} MiB, the most that is read; name a smaller file")
    return content


def parse(text: str | bytes, *, constants: bool = False) -> Any:
    """The value of a JSON text as RFC 8259 has it; ValueError, without the name of the file, for anything else.

    Refused, too: a key that stands twice in one object (readers disagree on which counts), NaN and Infinity (unless
    ``constants`` takes them for floats, as Python writes them), numbers that no float holds, nesting deeper than DEEPEST.
    """
    try:
        text = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"it is no text in UTF-8 (byte {error.start}); was the file damaged or saved in another encoding?"
        ) from None
    if _depth(text) > DEEPEST:
        raise ValueError(f"its lists and objects are nested more than {DEEPEST} deep")
    try:
        known = float if constants else _no_number
        return json.loads(text, object_pairs_hook=_once, parse_constant=known, parse_int=_whole, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is no JSON (line {error.lineno}, column {error.colno}: {error.msg})") from None


def _depth(text: str) -> int:
    """The deepest nesting, counted without recursion; signs within strings count too, and hardly any string has such."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return 0
    depth = deepest = 0
    inside = escaped = False
    for sign in text:
        if inside:
            inside, escaped = escaped or sign != '"', sign == "\\" and not escaped
        elif sign == '"':
            inside = True
        elif sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    return deepest


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for place, (key, _) in enumerate(pairs) if key in dict(pairs[:place]))
        raise ValueError(f"the key {twice[:40]!r} stands twice in one object; which of the two counts?")
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number of JSON; expected finite numbers")


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError(f"the number {digits[:12]}... has {len(digits)} digits, which no float holds")
    return int(digits)


def _finite(digits: str) -> float:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError(f"the number {digits[:12]}... has {len(digits)} signs; expected at most {LONGEST_NUMBER}")
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"the number {digits} is larger than any float")
    return value


def as_numbers(value: Any) -> Any:
    """Nested lists of JSON's numbers as nested lists of floats; ValueError for texts, truth values, null and ragged lists."""
    _shape(value)
    return _floats(value)


def _shape(value: Any) -> tuple[int, ...]:
    if isinstance(value, list):
        shapes = {_shape(item) for item in value}
        if len(shapes) > 1:
            raise ValueError("its rows are of different lengths")
        return (len(value), *(shapes.pop() if shapes else ()))
    if type(value) not in (int, float):
        raise ValueError(f"{json.dumps(value)[:40]} stands where a number is expected")
    return ()


def _floats(value: Any) -> Any:
    if isinstance(value, list):
        return [_floats(item) for item in value]
    try:
        return float(value)
    except OverflowError:
        raise ValueError(f"the number {str(value)[:12]}... is larger than any float") from None
