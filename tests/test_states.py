"""What is decided is decided by types: no code reads the text of a message, a note, or an error."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("gradcheck", "symbolic", "reference_nets", "reports")
# Attributes and variables that hold sentences, and what makes one of an exception or a `Sentence`.
SENTENCES = {"message", "note", "witness", "reason", "sentence", "trouble", "advice", "summary"}  # words is any text
MAKERS = {"told", "told_by", "sentence"}
READING = {
    *("startswith", "endswith", "find", "index", "count", "partition", "rpartition", "split", "splitlines"),
    *("removeprefix", "removesuffix", "isdigit"),
}
PATTERNS = {"search", "match", "fullmatch", "findall", "finditer", "split"}
# Where a text is read all the same, and why that decides nothing of ours.
ALLOWED = {
    "gradcheck/commands/shared/streams.py: str(error).splitlines()": "printed a line each",
    "symbolic/report/backward.py: step.reason == 'bp1.softmax-chain'": "the key of a sentence, not its text",
}


def is_sentence(node: ast.AST) -> bool:
    """Whether an expression is a sentence: by its name, or made of an exception."""
    if isinstance(node, ast.Attribute):
        return node.attr in SENTENCES
    if isinstance(node, ast.Name):
        return node.id in SENTENCES
    if isinstance(node, ast.Subscript):
        return is_sentence(node.value) or ast.unparse(node.value).endswith(".args")
    if isinstance(node, ast.Call) and node.args:
        name = ast.unparse(node.func)
        return name in MAKERS or (name in ("str", "repr") and (is_sentence(node.args[0]) or is_error(node.args[0])))
    return False


def is_error(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id in ("error", "fault", "failure", "exception", "e", "caught")


def readings(tree: ast.AST) -> list[str]:
    """The expressions of a module that look into a sentence: its methods, patterns, ``in`` and comparisons."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            reads = node.func.attr in READING and is_sentence(node.func.value)
            matched = node.func.attr in PATTERNS and any(is_sentence(one) for one in node.args)
            found += [node] if reads or matched else []
        if isinstance(node, ast.Compare):
            pairs = zip(node.ops, [node.left, *node.comparators], node.comparators, strict=False)
            found += [node for op, left, right in pairs if looks_into(op, left, right)]
    return [ast.unparse(node) for node in found]


def looks_into(op: ast.cmpop, left: ast.expr, right: ast.expr) -> bool:
    if isinstance(op, ast.In | ast.NotIn):
        return is_sentence(right) and isinstance(left, ast.Constant | ast.JoinedStr | ast.Name)
    texts = [one for one in (left, right) if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value]
    return isinstance(op, ast.Eq | ast.NotEq) and bool(texts) and (is_sentence(left) or is_sentence(right))


def test_no_code_reads_the_text_of_a_message():
    found = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            found |= {f"{path.relative_to(ROOT).as_posix()}: {one}" for one in readings(ast.parse(path.read_text("utf-8")))}
    assert found == ALLOWED.keys()


@pytest.mark.parametrize(
    "code",
    [
        "row.note.startswith('follow-through')",
        "STEADY in row.message",
        "'nan' not in check.witness",
        "re.search('line (\\\\d+)', str(error))",
        "_LINE.match(told_by(error))",
        "check.message == 'wrong'",
        "error.args[0].split(':')",
        "str(fault).partition(' ')[0]",
    ],
)
def test_a_message_that_is_read_is_seen(code):
    assert readings(ast.parse(code))


@pytest.mark.parametrize("code", ["print(row.note)", "row.verdict == 'match'", "row.note == ''", "text.startswith('x')"])
def test_what_is_told_or_typed_is_no_reading(code):
    assert readings(ast.parse(code)) == []
