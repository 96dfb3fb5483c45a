"""What the documents show is what happens: their Python examples and their commands are run.

Fenced blocks, in the order of the document, share one temporary directory and one namespace::

    ```python                  doctest examples (>>>)
    ```python title=student.py a file, written to the temporary directory
    ```console                 $ gradcheck ... with its output, where ... stands for anything
    ```text                    (and toml, json, bash, ...) not looked at

A command shown without output must succeed; with output, the output decides. ``gradcheck`` runs in this process, which has
the libraries loaded and remembers the ten thousand steps of a published example.
"""

import contextlib
import doctest
import io
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from gradcheck.commands import cli

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [path for pattern in ("*.md", "docs/**/*.md") for path in sorted(ROOT.glob(pattern))]
FENCE = re.compile(r"^```(\w+)(?: title=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
# Commands that a document may show and that are run, with the arguments that follow.
PYTHON = [sys.executable]
RUN = {
    "pytest": [*PYTHON, "-m", "pytest", "-p", "no:cacheprovider"],
    "python": PYTHON,
}
NOT_RUN = {"cd", "git", "make", "pip"}  # set-up: what it sets up is what runs this test


@dataclass(frozen=True)
class Block:
    language: str
    title: str | None
    text: str
    line: int


def blocks(text: str) -> list[Block]:
    return [
        Block(match[1], match[2], match[3], text.count("\n", 0, match.start(3)) + 1) for match in FENCE.finditer(text)
    ]


def run_examples(block: Block, name: str, namespace: dict) -> None:
    assert ">>>" in block.text, f"{name} line {block.line}: a python block needs >>> examples or a title=FILE"
    test = doctest.DocTestParser().get_doctest(block.text, {}, name, name, block.line - 1)
    test.globs = namespace
    said: list[str] = []
    doctest.DocTestRunner(optionflags=FLAGS).run(test, out=said.append, clear_globs=False)
    assert not said, "".join(said)


def commands(block: Block) -> list[tuple[str, str]]:
    """Split a console block into (command, shown output); a trailing backslash continues a command."""
    assert block.text.startswith("$ "), f"line {block.line}: a console block starts with '$ '"
    parts = re.split(r"^\$ ", block.text.replace("\\\n", " "), flags=re.MULTILINE)[1:]
    return [(command, shown) for command, _, shown in (part.partition("\n") for part in parts)]


def run_command(command: str, shown: str, directory: Path) -> None:
    program, *arguments = shlex.split(command, comments=True)
    if program in NOT_RUN:
        return
    code, came = gradcheck(arguments) if program == "gradcheck" else started(program, arguments, directory)
    if shown.strip():
        same = doctest.OutputChecker().check_output(shown, came, FLAGS)
        assert same, f"$ {command}\nshown:\n{shown}\ncame:\n{came}"
    else:
        assert code == 0, f"$ {command}: exit {code}\n{came}"


def gradcheck(words: list[str]) -> tuple[int, str]:
    """The exit code and the output of our own command, in the current directory."""
    with contextlib.redirect_stdout(io.StringIO()) as both, contextlib.redirect_stderr(both):
        return cli.main(words), both.getvalue()


def started(program: str, arguments: list[str], directory: Path) -> tuple[int, str]:
    """The same of another program."""
    assert program in RUN, f"$ {program}: shown in a document, but this test does not know how to run {program}"
    done = subprocess.run(
        [*RUN[program], *arguments], cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


def run_document(text: str, name: str, directory: Path) -> None:
    namespace: dict = {"__name__": "__main__"}
    for block in blocks(text):
        if block.title:
            (directory / block.title).write_text(block.text)
        elif block.language == "python":
            run_examples(block, name, namespace)
        elif block.language == "console":
            for command, shown in commands(block):
                run_command(command, shown, directory)


@pytest.fixture
def directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_document_tells_the_truth(path, directory):
    run_document(path.read_text(encoding="utf-8"), path.name, directory)


TRUE_DOCUMENT = """
```python title=half.py
print("one half is", 1 / 2, "exactly")
```
```python
>>> from pathlib import Path
>>> len(Path("half.py").read_text().splitlines())
1
```
```console
$ python half.py
one half is ... exactly
$ python \\
    half.py
$ make test
```
"""


def test_a_true_document_passes(directory):
    run_document(TRUE_DOCUMENT, "true.md", directory)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("\n1\n", "\n2\n", r'"untrue.md", line 7(?s:.*)Expected:\s+2\s+Got:\s+1'),
        ("is ... exactly", "is ... roughly", r"shown:\s+one half is \.\.\. roughly\s+came:\s+one half is 0.5"),
        ("$ make test", "$ python -c 1/0", "exit 1"),
        ("$ make test", "$ brew install", "does not know how to run brew"),
        (">>> ", "", "needs >>> examples or a title=FILE"),
    ],
)
def test_an_untrue_document_fails(old, new, message, directory):
    with pytest.raises(AssertionError, match=message):
        run_document(TRUE_DOCUMENT.replace(old, new), "untrue.md", directory)
