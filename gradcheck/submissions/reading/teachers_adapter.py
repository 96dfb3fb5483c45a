"""How a submission is called: a contract by its name, or a teacher's adapter in a file, whatever that is called."""

from __future__ import annotations

import ast
import os
from pathlib import Path

from gradcheck.contracts.table import CONTRACTS
from gradcheck.isolation.child.source import parse, text_of
from gradcheck.isolation.limits import LARGEST_FILE
from gradcheck.sentences.sentence import Sentence
from reports.neutral import spelled


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
    told = {"contract": repr(contract), "known": ("auto", *CONTRACTS)}
    raise ValueError(
        Sentence("reading.did-you-mean", guess=close[0], **told) if close else Sentence("reading.no-contract", **told)
    )


def adapter_text(path: Path) -> str:
    """The text of an adapter; raises ValueError with a sentence."""
    name = spelled(str(path))
    if not path.is_file():
        raise ValueError(Sentence("reading.no-adapter", name=name))
    with path.open("rb") as file:
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise ValueError(Sentence("reading.large-adapter", name=name, most=LARGEST_FILE >> 20))
    try:
        return text_of(data, name)
    except SyntaxError as error:
        raise ValueError(Sentence("reading.adapter-no-python", where=name, error=str(error.msg))) from None


def _check_adapter(path: Path) -> None:
    text, name = adapter_text(path), spelled(str(path))
    try:
        statements, _, python2 = parse(text, name)
    except SyntaxError as error:
        where = Sentence("reading.in-line", name=name, line=error.lineno)
        raise ValueError(Sentence("reading.adapter-no-python", where=where, error=str(error.msg))) from None
    if python2:
        raise ValueError(Sentence("reading.adapter-python2", name=name))
    found = [one for one in statements if isinstance(one, ast.ClassDef) and one.name == "Adapter"]
    if not found or not any(isinstance(part, ast.FunctionDef) and part.name == "gradient" for part in found[0].body):
        raise ValueError(Sentence("reading.no-adapter-class", name=name))
