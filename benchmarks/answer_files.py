"""The corpus of hand-written backpropagation in ``answers/``: what the table says of each file, and each file put right.

``answers/answers.toml`` was written before the judge saw the files: the causes of each, the first wrong line as a person would
name it, and the text that puts it right. A submission is one file, a notebook, or a folder with an entry.
"""

from __future__ import annotations

import ast
import json
import shutil
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "answers"


@dataclass(frozen=True)
class Place:
    """A line: of the file itself, of a file of its folder, or of a code cell of a notebook (those alone counted, from 1)."""

    line: int
    file: str | None = None
    cell: int | None = None

    def __str__(self) -> str:
        where = self.file if self.cell is None else f"cell {self.cell}"
        return f"line {self.line}" if where is None else f"{where} line {self.line}"


@dataclass(frozen=True)
class Repair:
    """The right text of a line: several lines where some were missing, none where it is one too many."""

    place: Place
    new: str


@dataclass(frozen=True)
class Answer:
    """One file of the corpus. Without ``lines`` nothing is wrong with it; each cause is a set of ids that may name it."""

    name: str
    path: Path
    network: str | None
    contract: str | None
    entry: str | None
    causes: tuple[frozenset[str], ...] = ()
    lines: tuple[Place, ...] = ()
    repairs: tuple[Repair, ...] = ()
    first_wrong: str = ""
    right_given: tuple[str, ...] = ()
    plain: str = ""

    @property
    def is_wrong(self) -> bool:
        """Whether a mistake is in it."""
        return bool(self.lines)

    def options(self) -> list[str]:
        """What stands behind the path on the command line."""
        named = {"--network": self.network, "--contract": self.contract, "--entry": self.entry}
        return [word for option, value in named.items() if value for word in (option, value)]


def answers(folder: Path = FOLDER) -> list[Answer]:
    """All files in the table, wrong ones first, in its order."""
    with open(folder / "answers.toml", "rb") as file:
        table = tomllib.load(file)
    return [_answer(folder, name, row) for kind in ("wrong", "right") for name, row in table[kind].items()]


def _answer(folder: Path, name: str, row: Mapping[str, Any]) -> Answer:
    where = {"file": row.get("file"), "cell": row.get("cell")}

    def place(line: int | Mapping[str, Any]) -> Place:
        return Place(line, **where) if isinstance(line, int) else Place(**line)

    lines = row.get("lines", [row["line"]] if "line" in row else [])
    repairs = row.get("repairs", [{"line": row["line"], "new": row["repair"], **where}] if "repair" in row else [])
    return Answer(
        name,
        folder / row["path"],
        row.get("network"),
        row.get("contract"),
        row.get("entry"),
        tuple(frozenset(cause.split("|")) for cause in row.get("causes", ())),
        tuple(map(place, lines)),
        tuple(Repair(Place(r["line"], r.get("file"), r.get("cell")), r["new"]) for r in repairs),
        row.get("first_wrong", ""),
        tuple(row.get("right_given", ())),
        row.get("plain", ""),
    )


def sources(answer: Answer) -> dict[str | int | None, str]:
    """The texts of an answer: by name in a folder, by number of the cell in a notebook, else one by None."""
    if answer.path.is_dir():
        return {path.name: path.read_text(encoding="utf-8") for path in sorted(answer.path.glob("*.py"))}
    if answer.path.suffix == ".ipynb":
        notebook = json.loads(answer.path.read_text(encoding="utf-8"))
        return {number: "".join(cell["source"]) for number, cell in enumerate(_code_cells(notebook), 1)}
    return {None: answer.path.read_text(encoding="utf-8")}


def _code_cells(notebook: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def repaired(text: str, repairs: Sequence[Repair]) -> str:
    """A text with these lines in place of its own."""
    lines = text.split("\n")
    for repair in repairs:
        lines[repair.place.line - 1] = repair.new
    return "\n".join(lines)


def repaired_sources(answer: Answer, repairs: Sequence[Repair]) -> dict[str | int | None, str]:
    """All texts of an answer, put right; raises KeyError or IndexError where a repair names no line of it."""
    texts = sources(answer)
    for key in {_key(repair.place) for repair in repairs}:
        texts[key] = repaired(texts[key], [repair for repair in repairs if _key(repair.place) == key])
    return texts


def _key(place: Place) -> str | int | None:
    return place.file if place.cell is None else place.cell


def write_repaired(answer: Answer, repairs: Sequence[Repair], folder: Path) -> Path:
    """The answer put right, as a submission of the same kind in a folder."""
    texts, path = repaired_sources(answer, repairs), folder / answer.path.name
    if answer.path.is_dir():
        shutil.copytree(answer.path, path, dirs_exist_ok=True)
        for name, text in texts.items():
            (path / str(name)).write_text(text, encoding="utf-8")
    elif answer.path.suffix == ".ipynb":
        notebook = json.loads(answer.path.read_text(encoding="utf-8"))
        for number, cell in enumerate(_code_cells(notebook), 1):
            cell["source"] = texts[number]
        path.write_text(json.dumps(notebook), encoding="utf-8")
    else:
        path.write_text(texts[None], encoding="utf-8")
    return path


def parses(text: str, read: Callable[[str], object] = ast.parse) -> bool:
    """Whether Python reads a text; lines that begin with % are a notebook's own."""
    try:
        read("\n".join("" if line.startswith("%") else line for line in text.split("\n")))
    except SyntaxError:
        return False
    return True
