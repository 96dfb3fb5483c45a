"""check_network names the line of a mistake in a function of this process, and says why it is one."""

from __future__ import annotations

import functools
import inspect

import numpy as np
import pytest

from gradcheck import check_network
from gradcheck.explanations.traced.code import Edit, NoAnswer, SourcePlace
from gradcheck.networks.at_point import NetworkGradient
from gradcheck.networks.trusted_code import TrustedCode
from gradcheck.witnesses.points import safe_point
from reference_nets.network import backward as reference
from reference_nets.spec import NetworkSpec
from reports.render import render

NETWORK = "3-4:tanh-2"
SPEC = NetworkSpec.parse(NETWORK)


def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    h = np.tanh(x @ W1.T + b1)
    out = 1 / (1 + np.exp(-(h @ W2.T + b2)))
    d2 = (out - y) * out * (1 - out) / len(x)
    d1 = d2 @ W2
    return [(d1.T @ x, d1.sum(axis=0)), (d2.T @ h, d2.sum(axis=0))]


class Net:
    """A network whose gradient is a method, with the cost's slope in another."""

    def __call__(self, params, x, y):
        return self.gradient(params, x, y)

    def gradient(self, params, x, y):
        return backward(params, x, y)


def line_of(text):
    lines, start = inspect.getsourcelines(backward)
    return start + next(number for number, line in enumerate(lines) if text in line)


@pytest.mark.parametrize(
    "function", [backward, Net(), Net().gradient, functools.partial(backward), lambda p, x, y: backward(p, x, y)]
)
def test_the_line_is_that_of_the_function_behind_whatever_is_called(function):
    result = check_network(NETWORK, function, rng=2)
    (one,) = result.diagnoses
    assert (one.id, one.line) == ("missing-hidden-activation-derivative", line_of("d1 = d2 @ W2"))
    assert f"test_trusted_code.py, line {one.line}" in str(result)


def test_the_report_says_where_and_why():
    text = render(check_network(NETWORK, backward, rng=2).report(), "text")
    assert "d1 = d2 @ W2  <- the slope of tanh is missing" in text
    assert "(d2 @ W2) * tanh'(z1)" in text


def test_code_without_a_source_has_no_line():
    namespace = {"np": np}
    exec(inspect.getsource(backward), namespace)
    result = check_network(NETWORK, namespace["backward"], rng=2)
    assert [d.line for d in result.diagnoses] == [None] and result.explanation is None


def test_a_line_is_put_right_for_a_while():
    code = TrustedCode.of(NetworkGradient(SPEC, backward))
    place = SourcePlace(__file__, 0, line_of("d1 = d2 @ W2"))
    point = safe_point(SPEC, np.random.default_rng(4))
    right = Edit(place, place.line + 1, "    d1 = (d2 @ W2) * (1 - h**2)")
    unwritten = Edit(place, place.line + 1, "    d1 = (")
    true = reference(SPEC, point.params, point.x, point.y)
    first, second = code.tried([[right], [unwritten]], SPEC, point)
    assert second is None and all(np.allclose(first[key], true[key], rtol=1e-12, atol=0) for key in SPEC.keys)
    assert not np.allclose(code.gradient(SPEC, point)["W1"], true["W1"])
    with pytest.raises(NoAnswer), code.put_right([Edit(SourcePlace("elsewhere.py", 0, 1), 2, "")]):
        pass


@pytest.mark.parametrize("level", ["where", "why", "by-hand", "line"])
def test_a_line_put_right_is_shown_where_it_is_asked_for(level):
    shown = render(check_network(NETWORK, backward, rng=2).report(hints=level), "text")
    new = f"+ {line_of('d1 = d2 @ W2')} |     d1 = (d2 @ W2) * (1 - h ** 2)"
    assert (new in shown, "Tried: with this line every entry is right." in shown) == ((level == "line"),) * 2
    assert not check_network(NETWORK, backward, rng=2).ok  # and the function is what it was


STARTED = []


def start_everything(z):
    STARTED.append(z)
    return z


def slope(a):
    return 1 - a


class Layered:
    """Its slope is a function beside it, its output error a method."""

    def error(self, out, y):
        return (out - y) / len(y)

    def __call__(self, params, x, y):
        (W1, b1), (W2, b2) = params
        h = np.tanh(x @ W1.T + b1)
        out = 1 / (1 + np.exp(-(h @ W2.T + b2)))
        d2 = self.error(out, y)
        d1 = (d2 @ W2) * slope(h)
        return [(d1.T @ x, d1.sum(axis=0)), (d2.T @ h, d2.sum(axis=0))]


def test_lines_of_other_functions_of_the_file_are_put_right_too():
    result = check_network("3-4:tanh-2/bce", Layered(), rng=2)
    (one,) = result.repairs()
    assert (one.old, one.new, one.verified) == ("    return 1 - a", "    return 1 - a ** 2", True)
    assert slope(0.5) == 0.5 and STARTED == []  # no function runs that the gradient does not call
    shown = render(check_network(NETWORK, Layered(), rng=2).report(hints="line"), "text")
    assert "return 1 - a ** 2" in shown and "Tried: with these lines every entry is right." in shown


def test_what_cannot_be_put_right_has_no_line():
    def noise(params, x, y):
        return [(g + 1e-3 * np.sin(1e3 * g), d) for g, d in backward(params, x, y)]

    assert "Put right" not in render(check_network(NETWORK, noise, rng=2).report(hints="line"), "text")


def test_a_level_that_is_none_is_misuse():
    with pytest.raises(ValueError, match="there are no hints all"):
        check_network(NETWORK, backward, rng=2).report(hints="all")
