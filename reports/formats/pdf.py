"""How a document becomes a PDF: the first TeX engine found compiles its LaTeX."""

import shutil
import subprocess
from pathlib import Path

from reports.document import Document
from reports.formats.latex import render as latex_text
from reports.own_folders import own_folder

SECONDS = 180
SAFE = ["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"]
# Engine, its command line, how often it must run until references and column widths settle.
ENGINES = (
    ("latexmk", ["-xelatex", *SAFE], 1),
    ("xelatex", SAFE, 3),
    ("lualatex", SAFE, 3),
    ("tectonic", ["--untrusted"], 1),
)


class NoTexEngineError(RuntimeError):
    """There is nothing on this machine that turns LaTeX into a PDF."""


def render(document: Document) -> bytes:
    """Compile the document in a directory of its own and return the PDF."""
    name, arguments, runs = engine()
    with own_folder("report") as place:
        (place / "report.tex").write_text(latex_text(document), encoding="utf-8")
        for _ in range(runs):
            _run([name, *arguments, "report.tex"], place)
        return (place / "report.pdf").read_bytes()


def engine() -> tuple[str, list[str], int]:
    """The first TeX engine on the path, its command line, and how often it must run; raises NoTexEngineError."""
    for name, arguments, runs in ENGINES:
        if shutil.which(name) and (name != "latexmk" or shutil.which("xelatex")):
            return name, arguments, runs
    names = ", ".join(name for name, _, _ in ENGINES)
    raise NoTexEngineError(
        f"a PDF needs a TeX engine, and none of {names} is on the path; install one, "
        "or write .tex and compile it elsewhere, or write .html and print it from a browser"
    )


def _run(command: list[str], place: Path) -> None:
    try:
        done = subprocess.run(command, cwd=place, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"{command[0]} did not finish in {SECONDS} s; write .tex and compile it by hand") from None
    if done.returncode or not (place / "report.pdf").exists():
        text = (done.stdout + done.stderr).decode("utf-8", "replace")
        wrong = [line for line in text.splitlines() if line.startswith(("!", "l.", "error"))] or text.splitlines()[-5:]
        raise RuntimeError(f"{command[0]} could not compile the report: {' '.join(wrong[:5])}; write .tex to see it")
