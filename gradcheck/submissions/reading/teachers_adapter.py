"""How a submission is called: a contract by its name, or a teacher's adapter in a file, whatever that is called."""

from __future__ import annotations

import ast
import os
from pathlib import Path

from gradcheck.isolation.child.source import parse, text_of
from gradcheck.isolation.limits import LARGEST_FILE
from reports.neutral import spelled

CONTRACTS = ("functions", "functions-in-out", "nielsen", "deeplearning-ai", "cs231n", "coursera", "layers", "step")


def is_adapter(contract: str) -> bool:
    """Whether it is the path of an adapter and no contract's name."""
    return contract != "auto" and contract not in CONTRACTS


def check_contract(contract: str) -> None:
    """Raise ValueError where it is neither: a teacher's file is looked at before a student is blamed for it."""
    if not is_adapter(contract):
        return
    if contract.lower().endswith(".py") or os.sep in contract or os.path.isfile(contract):
        _check_adapter(Path(contract))
        return
    from difflib import get_close_matches

    close = get_close_matches(contract, ("auto", *CONTRACTS), n=1)
    guess = f"; did you mean {close[0]}?" if close else ""
    known = ", ".join(("auto", *CONTRACTS))
    raise ValueError(f"there is no contract {contract!r}, expected one of {known} or the path of an adapter{guess}")


def adapter_text(path: Path) -> str:
    """The text of an adapter; raises ValueError with a sentence."""
    name = spelled(str(path))
    if not path.is_file():
        raise ValueError(f"{name}: there is no such adapter file")
    with path.open("rb") as file:
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise ValueError(f"{name} is larger than {LARGEST_FILE >> 20} MiB: an adapter is one small class")
    try:
        return text_of(data, name)
    except SyntaxError as error:
        raise ValueError(f"{name}: the adapter is no Python file: {error.msg}") from None


def _check_adapter(path: Path) -> None:
    text, name = adapter_text(path), spelled(str(path))
    try:
        statements, _, python2 = parse(text, name)
    except SyntaxError as error:
        raise ValueError(f"{name} line {error.lineno}: the adapter is no Python file: {error.msg}") from None
    if python2:
        raise ValueError(f"{name}: the adapter is written in Python 2")
    found = [one for one in statements if isinstance(one, ast.ClassDef) and one.name == "Adapter"]
    if not found or not any(isinstance(part, ast.FunctionDef) and part.name == "gradient" for part in found[0].body):
        raise ValueError(f"{name}: an adapter is a class Adapter with a method gradient(self, network, params, x, y)")
