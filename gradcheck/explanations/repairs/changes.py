"""Small changes to a statement, those first that change least: what a student would change who sees the mistake."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradcheck.explanations.repairs.indices import turned_around, without_first_column
from gradcheck.explanations.repairs.statement import PARTS, Expression, SourceStatement

NEAREST = 14  # names that are tried in the place of another one
FEW = 8  # names that are tried in a slope
OTHER_OPERATOR: dict[type[ast.operator], tuple[str, ...]] = {
    ast.Add: ("-", "*"), ast.Sub: ("+",), ast.Mult: ("/", "@"), ast.Div: ("*",), ast.MatMult: ("*",), ast.Pow: ("*",),
}  # fmt: skip
OTHER_COMPARISON: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.GtE: (">", "<"), ast.LtE: ("<", ">"), ast.Gt: ("<=", "<"), ast.Lt: (">=", ">", "<="), ast.Eq: ("<=", ">"),
}  # fmt: skip
OTHER_NAMES = {"sum": ("mean",), "mean": ("sum",), "argmin": ("argmax",), "minimum": ("maximum",), "zeros_like": ("ones_like",)}
COUNTS = ("m", "n", "N", "batch_size", "num_examples", "n_samples")
DECAY = (
    *("lam", "lmbda", "lambda_", "lambd", "LAMBDA", "LAM", "reg", "REG", "l2", "L2", "alpha", "decay", "weight_decay"),
    *("self.reg", "self.lam", "self.l2"),
)


def comparisons(of: SourceStatement) -> Iterator[str]:
    """New texts with another comparison."""
    for node in of.expressions:
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            for other in OTHER_COMPARISON.get(type(node.ops[0]), ()):
                yield from _changed(of, (node, f"{of.segment(node.left)} {other} {of.segment(node.comparators[0])}"))


def small_changes(of: SourceStatement) -> Iterator[str]:
    """New texts of the statement, each with one small change."""
    for change in (_signs, _operators, _left_out, _constants, _assignment, _axes, _turned, _names, _exchanged, _indices):
        yield from change(of)
    yield from turned_around(of)
    yield from without_first_column(of)


def larger_changes(of: SourceStatement) -> Iterator[str]:
    """New texts with a factor more or a term more; at last without the statement, or with it further out."""
    yield from _scaled(of)
    yield from _decayed(of)
    yield from _decay_scaled(of)
    if isinstance(of.node, ast.Assign | ast.AugAssign | ast.Expr):
        yield ""
    if isinstance(of.node, ast.Return | ast.Break | ast.Continue):
        for room in range(len(of.indent) - 4, 3, -4):
            yield "\n".join(f"{' ' * room}{line[len(of.indent) :]}" for line in of.own_lines)


def _changed(of: SourceStatement, *changes: tuple[ast.AST, str]) -> Iterator[str]:
    text = of.changed(changes)
    if text is not None:
        yield text


def _wrapped(of: SourceStatement, node: Expression) -> str:
    """An expression as a factor: in brackets where it needs them."""
    words = of.segment(node)
    loose = isinstance(node, ast.BinOp | ast.UnaryOp | ast.Compare | ast.BoolOp | ast.IfExp | ast.Lambda)
    return f"({words})" if loose else words


def _signs(of: SourceStatement) -> Iterator[str]:
    for node in sorted(of.expressions, key=lambda one: (one.lineno, one.col_offset)):
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            yield from _changed(of, (node, of.segment(node.operand)))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
            left, right = of.segment(node.left), of.segment(node.right)
            if not isinstance(node.left, ast.BinOp) or isinstance(node.left.op, ast.Mult | ast.Div | ast.MatMult | ast.Pow):
                yield from _changed(of, (node.left, right), (node.right, left))
    for value in values(of):
        yield from _changed(of, (value, f"-{_wrapped(of, value)}"))


def values(of: SourceStatement) -> list[Expression]:
    """What the statement assigns or returns, the parts of a literal one by one; the arguments of ``append`` and the like."""
    value = of.value
    if isinstance(value, ast.Tuple | ast.List):
        return [one for part in value.elts for one in (part.elts if isinstance(part, ast.Tuple) else [part])]
    if isinstance(value, ast.Dict):
        return list(value.values)
    if isinstance(of.node, ast.Expr) and isinstance(value, ast.Call):
        return [one for arg in value.args for one in (arg.elts if isinstance(arg, ast.Tuple) else [arg])]
    return [value] if value is not None else []


def _operators(of: SourceStatement) -> Iterator[str]:
    for node in of.expressions:
        if isinstance(node, ast.BinOp):
            for other in OTHER_OPERATOR.get(type(node.op), ()):
                yield from _changed(of, (node, f"{of.segment(node.left)} {other} {of.segment(node.right)}"))
    yield from comparisons(of)


def _left_out(of: SourceStatement) -> Iterator[str]:
    """One side of an operation, or a function around something, goes."""
    for node in of.expressions:
        if isinstance(node, ast.BinOp):
            for side in (node.left, node.right):
                yield from _changed(of, (node, of.segment(side) if node is of.value else of.as_operand(side)))
        if isinstance(node, ast.Call) and len(node.args) >= 1:
            yield from _changed(of, (node, _wrapped(of, node.args[0])))


def _constants(of: SourceStatement) -> Iterator[str]:
    signed = {one.operand: one for one in of.expressions if isinstance(one, ast.UnaryOp) and isinstance(one.op, ast.USub)}
    calls = [one for one in of.expressions if isinstance(one, ast.Call) and of.segment(one.func) == "range"]
    ends = [end for call in calls for end in call.args]  # one of them may be -1
    for node in of.expressions:
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
            value = node.value
            others = dict.fromkeys((1, 2, 0, 0.5, value + 1, value - 1, 0.01, 1 - value))
            for other in others:
                if other != value and (other >= 0 or node in ends):
                    yield from _changed(of, (node if other else signed.get(node, node), repr(other)))  # no -0


def _assignment(of: SourceStatement) -> Iterator[str]:
    node = of.node
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        for operator in ("+=", "*=", "-="):
            yield from _changed(of, (_between(node.targets[0], node.value), f" {operator} "))
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
        yield from _changed(of, (_between(node.targets[0], node.value), " *= "), (node.value, "0.01"))
    if isinstance(node, ast.AugAssign):
        for operator in ("=", "+=", "-=", "*="):
            yield from _changed(of, (_between(node.target, node.value), f" {operator} "))


def _between(left: ast.expr, right: ast.expr) -> ast.expr:
    """What stands between two expressions, as a part that can be replaced; brackets around the right one stay outside."""
    part = ast.Constant(value=None)
    part.lineno, part.col_offset = left.end_lineno or left.lineno, left.end_col_offset or 0
    part.end_lineno, part.end_col_offset = right.lineno, right.col_offset
    return part


def _axes(of: SourceStatement) -> Iterator[str]:
    for node in of.expressions:
        if not isinstance(node, ast.Call):
            continue
        for word in node.keywords:
            if word.arg == "axis":
                for other in ("0", "1"):
                    yield from _changed(of, (word.value, other))
            if word.arg == "keepdims":
                yield from _changed(of, (word.value, "True"))
        name = of.segment(node.func).rpartition(".")[2]
        for other in OTHER_NAMES.get(name, ()):
            yield from _changed(of, (node.func, of.segment(node.func)[: -len(name)] + other))
        if name in ("sum", "mean"):
            given = of.segment(node)[:-1]
            comma = ", " if node.args or node.keywords else ""
            if not any(word.arg == "axis" for word in node.keywords):
                for extra in ("axis=0", "axis=1", "axis=1, keepdims=True", "axis=0, keepdims=True"):
                    yield from _changed(of, (node, f"{given}{comma}{extra})"))
            elif not any(word.arg == "keepdims" for word in node.keywords):
                yield from _changed(of, (node, f"{given}, keepdims=True)"))
                for word in (one for one in node.keywords if one.arg == "axis"):
                    yield from (text for other in "01" for text in _changed(of, (word.value, f"{other}, keepdims=True")))


def _turned(of: SourceStatement) -> Iterator[str]:
    for node in of.expressions:
        if isinstance(node, ast.Attribute) and node.attr == "T":
            yield from _changed(of, (node, of.segment(node.value)))
        elif isinstance(node, PARTS) and isinstance(node.ctx, ast.Load) and _is_operand(node, of):
            yield from _changed(of, (node, f"{of.segment(node)}.T"))


def _is_operand(node: ast.AST, of: SourceStatement) -> bool:
    return " ".join(of.segment(node).split()) in of.atoms


def _names(of: SourceStatement) -> Iterator[str]:
    """Another thing that the function has at hand."""
    for node in of.expressions:
        if isinstance(node, ast.Attribute) and node.attr == "size":
            base = of.segment(node.value)
            yield from (text for way in (f"len({base})", f"{base}.shape[1]") for text in _changed(of, (node, way)))
        if isinstance(node, PARTS) and isinstance(node.ctx, ast.Load) and _is_operand(node, of):
            own = " ".join(of.segment(node).split())
            index = f"[{of.segment(node.slice)}]" if isinstance(node, ast.Subscript) else None
            same_index = [name for name in of.atoms[NEAREST:] if index and name.endswith(index)]
            for other in (*of.atoms[:NEAREST], *same_index):
                if other != own:
                    yield from _changed(of, (node, other))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in of.functions:
            for other in of.functions:
                if other != node.func.id:
                    yield from _changed(of, (node.func, other))


def _exchanged(of: SourceStatement) -> Iterator[str]:
    """Two names change places wherever they stand."""
    names = list(dict.fromkeys(n.id for n in of.expressions if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)))
    names = [name for name in names if name in of.atoms][:8]
    for number, one in enumerate(names):
        for other in names[number + 1 :]:
            places = [n for n in of.expressions if isinstance(n, ast.Name) and n.id in (one, other)]
            yield from _changed(of, *((n, other if n.id == one else one) for n in places if isinstance(n, ast.Name)))


def _indices(of: SourceStatement) -> Iterator[str]:
    """An index one further, or one back; of a whole column the entry of each example."""
    for node in of.expressions:
        if not isinstance(node, ast.Subscript):
            continue
        index = node.slice
        if isinstance(index, ast.Name | ast.BinOp | ast.UnaryOp):
            words = of.segment(index)
            for shift in (" - 1", " + 1"):
                yield from _changed(of, (index, f"{words}{shift}"))
        if isinstance(index, ast.Tuple) and len(index.elts) == 2 and isinstance(index.elts[0], ast.Slice):
            for count in counts(of):
                yield from _changed(of, (index.elts[0], f"np.arange({count})"))


def counts(of: SourceStatement) -> list[str]:
    """How the function says how many examples there are."""
    found = [name for name in of.atoms if name in COUNTS]
    text = "\n".join(of.lines)
    for name in dict.fromkeys((*of.atoms, "x", "X")):
        ways = (f"len({name})", f"{name}.shape[0]", f"{name}.shape[1]")
        found += [words for words in ways if words in text and name in of.atoms]
    found += [f"len({name})" for name in ("x", "X", "y", "Y") if name in of.atoms]
    return list(dict.fromkeys(found))[:4]


def _scaled(of: SourceStatement) -> Iterator[str]:
    for value in values(of):
        words = _wrapped(of, value)
        plain = of.segment(value)
        product = isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult | ast.Div | ast.MatMult)
        for count in counts(of):
            yield from _changed(of, (value, f"{plain if product else words} / {count}"))
            yield from _changed(of, (value, f"{plain if product else words} * {count}"))
        for factor in ("2 * ", "0.5 * "):
            yield from _changed(of, (value, f"{factor}{words}"))


def decay_factors(of: SourceStatement) -> list[str]:
    """What may be the factor of the L2 term, by its name."""
    return [name for name in of.atoms if name.rpartition("[")[2].strip("'\"]") in DECAY or name in DECAY][:2]


def _decay_scaled(of: SourceStatement) -> Iterator[str]:
    """The factor of the term of L2 divided by the number of examples, or times it; half of it, twice."""
    factors = decay_factors(of)
    for node in of.expressions:
        name = of.segment(node)
        if isinstance(node, PARTS) and isinstance(node.ctx, ast.Load) and name in factors:
            for way in ("{0} / {1}", "{0} * {1}"):
                yield from (text for count in counts(of) for text in _changed(of, (node, way.format(name, count))))
            yield from (text for way in ("2 * {0}", "0.5 * {0}") for text in _changed(of, (node, way.format(name))))


def _decayed(of: SourceStatement) -> Iterator[str]:
    """A term of L2 more."""
    factors = decay_factors(of)
    weights = [name for name in of.atoms if "w" in name.lower() or "theta" in name.lower()][:FEW]
    for value in values(of):
        words = of.segment(value)
        for factor in factors:
            for weight in weights:
                yield from _changed(of, (value, f"{words} + {factor} * {weight}"))
