"""The page on layer functions: the line of each mistake, why it is one, and the right line for that function."""

from __future__ import annotations

from collections.abc import Sequence

from gradcheck.explanations.explanation import Explanation
from gradcheck.explanations.hints import Hint, Hints
from gradcheck.explanations.page import each_once, excerpts, lines_put_right
from gradcheck.explanations.repairs.repair import Repair
from gradcheck.explanations.why import Reasons, why_id
from gradcheck.judge.mistake import UNKNOWN, Diagnosis
from gradcheck.sentences.sentence import Sentence
from reference_nets.spec import NetworkSpec
from symbolic.derivation.numpy_lines import ArrayOrder, NumpyLines

AFFINE = {"x": "dC/dx = dout @ w.T", "w": "dC/dw = x.T @ dout", "b": "dC/db = dout.sum(axis=0)"}
NAMES = {"W1": "w", "b1": "b", "dW1": "dw", "db1": "db", "delta1": "dout", "delta2": "dout", "W2": "dout"}
OF_ACTIVATION = {**NAMES, "z1": "x", "a1": "out", "delta1": "dx"}
OF_SOFTMAX = {**NAMES, "z1": "x", "a1": "softmax(x)", "delta1": "dx", "m": "N"}


def layer_hints(
    found: Sequence[tuple[Diagnosis, str, str]], known: Explanation, repairs: Sequence[Repair] = ()
) -> Hints:
    """What is known of some mistakes, each with the function and the result that it is about."""
    if not found:
        return Hints({})
    reasons = [_why(diagnosis, function) for diagnosis, function, _ in found]
    told = []
    for (diagnosis, function, result), reason in zip(found, reasons, strict=True):
        text = Sentence("validation.full-stop", words=diagnosis.message) if diagnosis.id == UNKNOWN else reason.text
        told.append(([text], _formulas(function, result)))
    where = excerpts([diagnosis for diagnosis, *_ in found], known, reasons)
    return Hints({Hint.WHERE: where, Hint.WHY: each_once(told), Hint.LINE: lines_put_right(repairs, known)})


def _spec(function: str) -> NetworkSpec:
    """The smallest network that has such a layer."""
    kind, _, _ = function.rpartition("_")
    if function == "softmax_loss":
        return NetworkSpec((3, 3), ("softmax",), "cross_entropy")
    return NetworkSpec((4, 3, 2), ("identity" if kind == "affine" else kind, "identity"), "mse")


def _names(function: str) -> dict[str, str]:
    if function == "softmax_loss":
        return OF_SOFTMAX
    return NAMES if function.startswith("affine") else OF_ACTIVATION


def _why(diagnosis: Diagnosis, function: str) -> Reasons:
    return why_id(_spec(function), diagnosis.id, 1, "W1", _names(function), ArrayOrder(in_out=True))


def _formulas(function: str, result: str) -> list[str]:
    """The right line of a backward pass, and below it the slope in it; nothing of a forward pass."""
    kind, _, way = function.rpartition("_")
    if function == "softmax_loss":
        return ["dC/dx = (softmax(x) - onehot(y)) / N", "onehot(y) = np.eye(x.shape[1])[y]"]
    if way != "backward":
        return []
    if kind == "affine":
        return [AFFINE[result]] if result in AFFINE else []
    lines = NumpyLines(_spec(function), _names(function), ArrayOrder(in_out=True)).delta(1)
    return [f"dC/dx = dout * {kind}'(x)", *lines.where]
