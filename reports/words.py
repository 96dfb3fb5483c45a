"""Words to a user that keep what was put into them, so that whoever shows them can say them in another language.

The packages below `gradcheck` have no tables of sentences. What they say stands beside the code, in English; its template is
the key under which ``gradcheck/sentences/chinese/commands/words.py`` has it in Chinese.
"""

from __future__ import annotations

from string import Formatter
from typing import Any


class Words(str):
    """An English sentence with its places filled; a tuple of names is a list of them.

    >>> Words("{name} is none of {names:or}", name="'tahn'", names=("tanh", "relu"))
    "'tahn' is none of tanh or relu"
    """

    __slots__ = ("key", "values")
    key: str
    values: dict[str, Any]

    def __new__(cls, template: str, /, **values: Any) -> Words:
        """The sentence, and what it was made of."""
        self = super().__new__(cls, _FILLER.vformat(template, (), values))
        kept = {name: value if isinstance(value, str | int | float | tuple) else str(value) for name, value in values.items()}
        self.key, self.values = f"commands/words.{template}", kept
        return self

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        """For copies and pickles."""
        return (self.key.partition(".")[2],), dict(self.values)


class _Joiner(Formatter):
    def format_field(self, value: Any, format_spec: str) -> Any:
        if isinstance(value, tuple) and value and all(isinstance(one, str) for one in value):
            return (f" {format_spec} " if format_spec else ", ").join(value)
        return super().format_field(value, format_spec)


_FILLER = _Joiner()
