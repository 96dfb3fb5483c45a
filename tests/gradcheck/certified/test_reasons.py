"""What balls cannot follow ends with a named reason: never with a wrong answer, also if the code catches exceptions."""

import inspect
import math
from math import exp
from queue import SimpleQueue

import numpy as np
import pytest

from gradcheck.certified.code.reasons import CannotFollow
from gradcheck.certified.runs.differentiate import run
from gradcheck.certified.runs.evaluate import RunSettings
from gradcheck.certified.witness import certify
from gradcheck.functions.check import check_grad
from gradcheck.functions.enclosed_gradient import certified_gradient

X = np.array([0.5, 2.0])
OUT_OF_REACH = SimpleQueue()  # nothing looks into one: what it holds is not put back after a run


def swallows(x):
    try:
        return math.pow(2.0, float(np.float32(x[0])))
    except Exception:
        return 0.0 * x[0]


def stores_in_floats(x):
    buffer = np.arange(2.0)
    buffer[0] = x[0]
    return buffer.sum()


def keeps_state(x, operation=np.multiply):
    before = x if OUT_OF_REACH.empty() else OUT_OF_REACH.get_nowait()
    OUT_OF_REACH.put(x)
    return np.sum(operation(before, x))


def keeps_what_nothing_reads(x):
    before = x if OUT_OF_REACH.empty() else OUT_OF_REACH.get_nowait()
    OUT_OF_REACH.put(0.9 * before + 0.1 * x)
    return np.sum(x * x)


@pytest.mark.parametrize(
    ("f", "code"),
    [
        (swallows, "float-conversion"),
        (stores_in_floats, "float-conversion"),
        (lambda x: np.add(x, x, out=np.arange(2.0)).sum(), "float-array"),
        (lambda x: np.linalg.eigvals(np.outer(x, x)).sum(), "no-rule"),
        (lambda x: np.linalg.eigh(x[0] * np.eye(2))[1].sum(), "repeated-eigenvalue"),
        (lambda x: np.fft.hfft(x).sum(), "no-rule"),
        (lambda x: np.max(np.fft.fft(x)), "complex"),
        (lambda x: np.sum(x * 1j).imag, "complex"),
        (lambda x: np.sum((x * np.complex128(2)).real), "complex"),
        (lambda x: round(x[0]) * x[1], "jump"),
        (lambda x: x[0] * len(x.tobytes()), "float-conversion"),
        (lambda x: np.histogram(x)[0].sum(), "no-rule"),
        (lambda x: np.linalg.pinv(np.outer(x, x)).sum(), "no-rule"),
        (lambda x: int(x[1]) * x[0], "int-conversion"),
        (lambda x: np.floor(x[1]) * x[0], "jump"),
        (lambda x: x, "not-a-number"),
        (lambda x: np.sum(x.astype(int)) * x[0], "int-conversion"),
        (lambda x: np.sum(np.asarray(x, dtype=np.longdouble) * np.longdouble("0.1")), "dtype"),
        (lambda x: undefined_name, "exception"),  # noqa: F821
        (lambda x: (lambda g: g(g))(lambda g: g(g)), "recursion"),
    ],
)
def test_the_reason_is_named(f, code):
    with pytest.raises(CannotFollow) as caught:
        certified_gradient(f, X)
    assert caught.value.reason.code == code


TEXTS = [str, repr, "{:.17g}".format, lambda v: f"{v}", lambda v: f"{v:.3f}", lambda v: str([v])[1:-1]]


@pytest.mark.parametrize("text", TEXTS)
def test_text_of_a_number_is_never_read_back_as_a_constant(text):
    with pytest.raises(CannotFollow, match="ValueError on numbers with error bounds: could not convert string"):
        certified_gradient(lambda x: float(text(x[0])) ** 3, X)


@pytest.fixture
def nothing_kept():
    while not OUT_OF_REACH.empty():
        OUT_OF_REACH.get_nowait()


@pytest.mark.parametrize("operation", [np.multiply, np.dot, np.maximum, np.outer])
def test_values_kept_from_an_earlier_call_are_recognised(nothing_kept, operation):
    certify(lambda x: keeps_state(x, operation), X)
    with pytest.raises(CannotFollow, match="keeps state between calls"):
        certify(lambda x: keeps_state(x, operation), X)


def test_a_kept_value_that_reaches_no_output_does_no_harm(nothing_kept):
    for _ in range(3):
        assert np.array_equal(certify(keeps_what_nothing_reads, X).gradient[0].mid, 2 * X)


def test_memory_and_time_are_bounded():
    def grows(x):
        for _ in range(10**6):
            x = x * x + x
        return x.sum()

    with pytest.raises(CannotFollow, match="more than 10,000 elementary steps"):
        run(grows, X, RunSettings(64, max_edges=10_000))
    with pytest.raises(CannotFollow, match=r"more than 0.2 s with error bounds"):
        run(grows, X, RunSettings(64, max_seconds=0.2))


def test_constants_may_pass_through_what_has_no_rule():
    _, grad = certified_gradient(lambda x: np.sum(x) * np.linalg.eigvalsh(np.eye(2) * np.full((2, 2), 3.0))[0], X)
    assert np.array_equal(grad.mid, [3.0, 3.0])


def test_arguments_must_be_finite_numbers():
    with pytest.raises(ValueError, match="not finite"):
        certified_gradient(np.sum, np.array([1.0, np.nan]))
    with pytest.raises(ValueError, match="expected real numbers"):
        certified_gradient(np.sum, np.array([1j]))


def test_other_threads_see_numpy_as_it_is():
    import threading

    seen = SimpleQueue()

    def f(x):
        other = threading.Thread(target=lambda: seen.put((np.zeros(2).dtype, type(np.array([1.0])), exp(1.0))))
        other.start()
        other.join()
        return np.sum(x * np.zeros(2))

    certify(f, X)
    assert seen.get(timeout=5) == (np.dtype(float), np.ndarray, math.e)


def helper(x):
    x = x + 0.0
    return np.linalg.eigvals(np.outer(x, x)).sum()  # the line to name


def raises(x):
    if type(x) is not np.ndarray:
        raise TypeError("no array of floats")
    return x.sum()


def deep(x):
    return deep(x)


def line_of(function, word):
    lines, first = inspect.getsourcelines(function)
    return first + next(k for k, line in enumerate(lines) if word in line)


@pytest.mark.parametrize(
    ("f", "function", "word"),
    [
        (lambda x: 2 * helper(x), helper, "the line to name"),
        (lambda x: np.apply_along_axis(helper, 0, x).sum(), helper, "the line to name"),
        (stores_in_floats, stores_in_floats, "buffer[0] ="),
        (swallows, swallows, "math.pow"),
        (raises, raises, "raise TypeError"),
        (deep, deep, "return deep"),
    ],
)
def test_a_reason_names_file_line_and_function(f, function, word):
    with pytest.raises(CannotFollow) as caught:
        certify(f, X)
    reason = caught.value.reason
    assert (reason.place.file, reason.place.function) == (__file__, function.__name__)
    assert reason.place.line == line_of(function, word)
    assert f"test_reasons.py:{reason.place.line}, in {function.__name__}" in str(reason)
    assert reason.to_dict()["place"]["line"] == reason.place.line


def test_a_reason_outside_of_the_code_names_no_place():
    with pytest.raises(CannotFollow) as caught:
        certify(lambda x: x, X)
    assert caught.value.reason.place is None and "place" not in caught.value.reason.to_dict()


def test_the_report_names_the_line():
    result = check_grad(lambda x: helper(x), lambda x: 2 * x, X)
    assert f"test_reasons.py:{line_of(helper, 'the line to name')}, in helper" in str(result)


def test_that_numbers_overflow_is_said_of_no_balls():
    """A root whose argument may be negative within rounding: nothing overflows there."""
    f = lambda x: np.sqrt(np.sum((x - x.mean()) ** 2 * 1e-40))
    result = check_grad(f, lambda x: 1e-20 * (x - x.mean()) / np.sqrt(np.sum((x - x.mean()) ** 2)), np.array([1.0, 1 + 2**-52]))
    assert "overflow" not in str(result)
