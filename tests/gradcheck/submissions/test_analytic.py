"""A gradient that differences its cost is recognised, however it is written, and nothing else is taken for one."""

import numpy as np
import pytest

from gradcheck.diagnosis.difference_law import DifferenceSides, difference_law
from gradcheck.judge.verdicts import Verdict
from gradcheck.networks.check import check_network
from gradcheck.submissions.validation import validate
from gradcheck.witnesses.points import safe_point
from reference_nets.network import backward, cost
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec

SPEC = NetworkSpec.parse("3-4:tanh-2")
HEAD = """
import numpy as np

def backward(params, x, y):
    grads = []
    for W, b in params:
        pair = []
        for p in (W, b):
            g = np.zeros(p.shape)
            for i in np.ndindex(*p.shape):
                old = p[i]
"""
TAIL = """
                p[i] = old
            pair.append(g)
        grads.append(tuple(pair))
    return grads
"""
COST = """
                a = x
                for n, (V, c) in enumerate(params):
                    z = a @ V.T + c
                    a = np.tanh(z) if n == 0 else 1 / (1 + np.exp(-z))
                {name} = ((a - y) ** 2).sum() / (2 * len(x))
"""
SHIFT = "                p[i] = old {step}\n"
BOTH = SHIFT.format(step="+ H") + COST.format(name="up") + SHIFT.format(step="- H") + COST.format(name="down")
CENTRAL = HEAD + BOTH + "                g[i] = (up - down) / (2 * H)" + TAIL
ONE_SIDE = COST.format(name="down") + SHIFT.format(step="+ H") + COST.format(name="up")
FORWARD = HEAD + ONE_SIDE + "                g[i] = (up - down) / H" + TAIL
TURNED = HEAD.replace("in params:", "in (params := [(W.astype(complex), b.astype(complex)) for W, b in params]):")
COMPLEX = TURNED + SHIFT.format(step="+ 1e-30j") + COST.format(name="up") + "                g[i] = up.imag / 1e-30" + TAIL
LAMBDA = """
import numpy as np

def backward(params, x, y):
    act = [np.tanh, lambda z: 1 / (1 + np.exp(-z))]
    cost = lambda p: ((act[1](act[0](x @ p[0][0].T + p[0][1]) @ p[1][0].T + p[1][1]) - y) ** 2).sum() / (2 * len(x))
    def slope(p, i):
        old = p[i]
        p[i] = old + 1e-5
        up = cost(params)
        p[i] = old - 1e-5
        down = cost(params)
        p[i] = old
        return (up - down) / 2e-5
    return [tuple(np.array([slope(p, i) for i in np.ndindex(*p.shape)]).reshape(p.shape) for p in pair) for pair in params]
"""


@pytest.mark.parametrize(
    "text",
    [*(CENTRAL.replace("H", h) for h in ("1e-3", "1e-4", "1e-5", "1e-7")), FORWARD.replace("H", "1e-6"), COMPLEX, LAMBDA],
    ids=["central 1e-3", "central 1e-4", "central 1e-5", "central 1e-7", "forward 1e-6", "complex step", "lambda"],
)
def test_a_differenced_cost_is_recognised_without_a_function_of_its_own(text, tmp_path):
    (tmp_path / "student.py").write_text(text)
    result = validate(tmp_path / "student.py", network=str(SPEC), examples=0)
    assert result.verdict == "pass", result
    assert [d.id for d in result.diagnoses] == ["numeric-gradient"]
    (row,) = (row for row in result.rows if row.name == "analytic")
    assert "the cost is differenced" in row.message


LOOPS = """
import numpy as np

def mul(a, b):
    return a * b

def matmul(A, B):
    C = np.zeros((len(A), len(B[0])))
    for i in range(len(A)):
        for j in range(len(B[0])):
            for k in range(len(B)):
                C[i][j] += mul(A[i][k], B[k][j])
    return C

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    assert not np.iscomplexobj(x)
    a1 = np.tanh(matmul(x, W1.T) + b1)
    a2 = 1 / (1 + np.exp(-(matmul(a1, W2.T) + b2)))
    delta2 = (a2 - y) * a2 * (1 - a2) / len(x)
    delta1 = matmul(delta2, W2) * SLOPE
    return [(matmul(delta1.T, x)L1, delta1.sum(axis=0)), (matmul(delta2.T, a1)L2, delta2.sum(axis=0))]
"""
LAMBDA = 1e-5


@pytest.mark.parametrize(
    ("slope", "l2", "verdict"),
    [("(1 - a1**2)", "yes", "pass"), ("((1e6 + 1 - a1**2) - 1e6)", "yes", "pass"), ("(1 - a1**2)", "no", "fail")],
    ids=["right", "lost digits", "a small term forgotten"],
)
def test_loops_that_run_often_are_not_taken_for_differences(slope, l2, verdict, tmp_path):
    text = LOOPS.replace("SLOPE", slope)
    for layer in "12":
        text = text.replace(f"L{layer}", f" + {LAMBDA} * W{layer}" if l2 == "yes" else "")
    (tmp_path / "student.py").write_text(text)
    result = validate(tmp_path / "student.py", network=f"3-4:tanh-2/quadratic+l2={LAMBDA}", examples=0)
    assert result.verdict == verdict
    assert "numeric-gradient" not in [d.id for d in result.diagnoses]


@pytest.fixture
def point():
    return safe_point(SPEC, np.random.default_rng(3))


def differenced(point, h, *, central):
    """Difference quotients of the reference cost, by key."""
    found = {}
    for key, value in point.params.items():
        found[key] = np.zeros_like(value)
        for index in np.ndindex(*value.shape):
            up, down = ({**point.params, key: value.copy()} for _ in range(2))
            up[key][index] += h
            down[key][index] -= h if central else 0.0
            found[key][index] = (cost(SPEC, up, point.x, point.y) - cost(SPEC, down, point.x, point.y)) / (h + h * central)
    return found


@pytest.mark.parametrize(("h", "central"), [(1e-2, True), (1e-3, True), (1e-4, False), (1e-5, False)])
def test_the_error_of_a_difference_quotient_tells_its_step(point, h, central):
    true, claimed = backward(SPEC, point.params, point.x, point.y), differenced(point, h, central=central)
    law = difference_law(SPEC, point, {key: claimed[key] - true[key] for key in true})
    assert law.quotient is (DifferenceSides.CENTRAL if central else DifferenceSides.ONE_SIDED)
    assert abs(law.step - h) < 0.01 * h


def test_check_network_calls_a_differenced_cost_by_its_name():
    def backward_by_differences(params, x, y):
        by_key = {f"{name}{l}": array for l, pair in enumerate(params, 1) for name, array in zip("Wb", pair, strict=True)}
        found = differenced(Point(by_key, x, y), 1e-4, central=True)
        return [(found[f"W{l}"], found[f"b{l}"]) for l in SPEC.layers]

    result = check_network(SPEC, backward_by_differences, points=1, rng=1)
    assert {(q.verdict, q.id) for q in result.quantities} == {(Verdict.INACCURATE, "numeric-gradient")}
    assert "h = 1.0e-04" in result.quantities[0].message


@pytest.mark.parametrize("wrong", ["scaled", "noise", "one entry", "one layer"])
def test_other_errors_follow_no_law(point, wrong):
    rng, true = np.random.default_rng(5), backward(SPEC, point.params, point.x, point.y)
    errors = {key: np.zeros_like(value) for key, value in true.items()}
    if wrong == "one entry":
        errors["W1"][1, 2] = 1e-6
    for key, value in true.items() if wrong in ("scaled", "noise") else ():
        errors[key] = 1e-6 * (value if wrong == "scaled" else rng.standard_normal(value.shape))
    if wrong == "one layer":
        errors["W2"] = 1e-5 * true["W2"]
    assert difference_law(SPEC, point, errors) is None
