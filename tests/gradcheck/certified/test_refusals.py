"""What is not followed is refused by its own reason, at the line that asks for it; beside it stands what is followed."""

from importlib import import_module

import numpy as np
import pytest

from gradcheck.certified.code.reasons import CannotFollow
from gradcheck.certified.runs.differentiate import run
from gradcheck.certified.runs.evaluate import RunSettings

X = np.array([[1.5, -2.25, 0.75, 3.125], [0.5, 4.5, -1.125, 2.625], [-3.5, 1.25, 2.125, -0.375]])
ONE, FLOATS = np.ones(4), np.zeros((3, 4))
SQUARE = X[:, :3] + 5 * np.eye(3)

NO_RULE = {
    "linspace": lambda x: np.linspace(x[0], 1.0, 3, axis=1),
    "linspace, retstep": lambda x: np.linspace(x[0], 1.0, 3, retstep=True)[0],
    "logspace along": lambda x: np.logspace(x[0], 1.0, 3, axis=1),
    "logspace in a type": lambda x: np.logspace(x[0], 1.0, 3, dtype=np.float64),
    "geomspace along": lambda x: np.geomspace(x[0] ** 2, 1.0, 3, axis=1),
    "geomspace in a type": lambda x: np.geomspace(x[0] ** 2, 1.0, 3, dtype=np.float64),
    "searchsorted": lambda x: np.searchsorted(x[0], 1.0, sorter=np.array([1, 2, 0, 3])) * x,
    "digitize": lambda x: np.digitize(x, [2.0, 1.1]) * x,
    "quantile": lambda x: np.quantile(x, 0.5, method="inverted_cdf", weights=FLOATS + 1),
    "quantile at x": lambda x: np.quantile(X, x[1, 0], method="lower"),
    "clip": lambda x: np.clip(x, -1, 1, casting="unsafe"),
    "matmul": lambda x: np.matmul(x, x.T, axes=[(0, 1), (0, 1), (0, 1)]),
    "qr": lambda x: np.linalg.qr(x, "raw")[0],
    "svd": lambda x: np.linalg.svd(x[:, :3] + x[:, :3].T, hermitian=True)[1],
    "lstsq": lambda x: np.linalg.lstsq(x[:, :1] @ x[:1], X[:, 0])[0],
    "pinv": lambda x: np.linalg.pinv(x[:, :1] @ x[:1]),
    "pinv, cut": lambda x: np.linalg.pinv(x, rtol=0.9),
    "polyfit": lambda x: np.polyfit(x[0], X[0], 1, full=True)[0],
    "polyfit, cov": lambda x: np.polyfit(x[0], X[0], 1, cov=True)[0],
    "unique": lambda x: np.unique(x, axis=0),
    "poly": lambda x: np.poly(x[:, :3]),
    "nditer": lambda x: sum(np.nditer(x, order="F")),
    "r_": lambda x: np.r_[x[0], 0:3],
    "c_": lambda x: np.c_["1", x[0], x[1]],
    "flat as an array": lambda x: np.sqrt(np.asarray(x.flat)),
    "copysign": lambda x: np.copysign(x, 0.0),
    "reduce nothing": lambda x: np.hypot.reduce(x[:0]),
    "at in pieces": lambda x: np.add.at(x.copy().T, 0, 1.0),
    "frexp": lambda x: np.frexp(x)[0],
    "fft into": lambda x: np.fft.fft(x, out=np.zeros((3, 4), complex)).real,
    "roots": lambda x: np.roots(x[0]),
}
OTHERS = {
    "float-array": {
        "add into": lambda x: np.add(x, 1, out=np.arange(12.0).reshape(3, 4)),
        "sum into": lambda x: np.sum(x, axis=0, out=np.arange(4.0)),
        "put": lambda x: np.put(np.arange(4.0), [0], x[0, 0]),
        "copyto": lambda x: np.copyto(np.arange(4.0), x[0]),
        "at": lambda x: np.add.at(np.arange(4.0), 0, x[0, 0]),
    },
    "float-conversion": {
        "float": lambda x: np.arange(4.0).__setitem__(0, x[0, 0]),
        "bytes": lambda x: x.tobytes(),
        "float32": lambda x: np.float32(x[0, 0]),
    },
    "int-conversion": {
        "int": lambda x: int(x[0, 0]),
        "index": lambda x: x[x[0, 0]],
        "range": lambda x: range(x[0, 0]),
        "astype": lambda x: x.astype(int),
        "asarray": lambda x: np.asarray(x, dtype=np.int64),
        "an array of a list": lambda x: np.array([x[0, 0], 2.0], dtype=int),
    },
    "jump": {
        "floor": lambda x: np.floor(x * 2),
        "ceil": lambda x: np.ceil(x * 4),
        "trunc": lambda x: np.trunc(x * 8),
        "round": lambda x: np.round(x),
        "rint": lambda x: round(x[0, 0]),
        "mod": lambda x: x % 0.75,
        "floor_divide": lambda x: x // 0.25,
    },
    "complex": {
        "complex": lambda x: complex(x[0, 0]),
        "times i": lambda x: x * 1j,
        "a complex array": lambda x: np.add(x, np.ones((3, 4)) * 1j),
        "sqrt of a transform": lambda x: np.sqrt(np.fft.fft(x)),
        "sort of a transform": lambda x: np.sort(np.fft.fft(x)),
        "power": lambda x: np.fft.fft(x) ** 0.5,
        "power of a power": lambda x: np.power(2.0, np.fft.fft(x)),
        "as floats": lambda x: np.abs(np.fft.fft(x)).astype(float) + complex(np.fft.fft(x)[0, 0]),
    },
    "dtype": {
        "add": lambda x: np.add(x, x, dtype=np.int64),
        "astype": lambda x: x.astype(complex),
        "strings": lambda x: np.add(x, np.array(["a"])),
        "datetimes": lambda x: x * np.array([1, 2, 3, 4], "m8[s]"),
    },
    "not-finite": {
        "max": lambda x: np.max(x * np.inf * 0),
        "isfinite": lambda x: np.isfinite(x * np.inf * 0),
        "isnan": lambda x: np.isnan(np.log(x - X - 1)),
        "comparison": lambda x: np.where(np.log(x - X - 1) > 0, 1, x),
        "equality": lambda x: np.where(np.log(x - X - 1) == 0, 1, x),
        "singular": lambda x: np.linalg.inv(np.zeros((2, 2)) * x[0, 0]),
        "eigenvalues": lambda x: np.linalg.eigvalsh(np.full((2, 2), np.inf) * x[0, 0]),
    },
    "repeated-eigenvalue": {"eigh": lambda x: np.linalg.eigh(np.eye(3) * x[0, 0])[1]},
    "exception": {
        "shapes": lambda x: x @ x,
        "axes": lambda x: np.sum(x, axis=2),
        "no axes": lambda x: np.matmul(x, 2.0),
        "not square": lambda x: np.linalg.det(x),
        "norm": lambda x: np.linalg.norm(x, 5),
        "transform of nothing": lambda x: np.fft.fft(x, 0),
        "norm of a transform": lambda x: np.fft.fft(x, norm="other"),
        "rfft of a transform": lambda x: np.fft.rfft(np.fft.fft(x)),
        "nothing to compare": lambda x: np.max(x[:0]),
        "nothing but NaN": lambda x: np.nanargmax(np.where(True, np.nan, x)),
        "iteration": lambda x: list(x[0, 0]),
        "tensordot": lambda x: np.tensordot(x, X, axes=1),
        "einsum": lambda x: np.einsum("ij,jk->ik", x, X),
        "cumulative_sum": lambda x: np.cumulative_sum(x) if hasattr(np, "cumulative_sum") else x @ x,
    },
}


def reason_of(f):
    with pytest.raises(CannotFollow) as caught:
        run(lambda x: np.sum(f(x) * 1.0), X, RunSettings(192))
    return caught.value.reason


@pytest.mark.parametrize("name", NO_RULE)
def test_what_has_no_rule(name):
    reason = reason_of(NO_RULE[name])
    assert reason.code == "no-rule" and reason.place.file == __file__


@pytest.mark.parametrize(("code", "name"), [(code, name) for code, rows in OTHERS.items() for name in rows])
def test_what_cannot_be_followed(code, name):
    reason = reason_of(OTHERS[code][name])
    assert reason.code == code and (reason.place is None or reason.place.file == __file__)


SCIPY = {
    "scipy.linalg": {
        "solve": lambda s, x: s.solve(SQUARE, x, assume_a="banded"),
        "eigh": lambda s, x: s.eigh(x[:, :3], type=2)[0],
        "lu": lambda s, x: s.lu(x)[2],
        "qr": lambda s, x: s.qr(x, pivoting=True)[0],
        "pinv": lambda s, x: s.pinv(x, rtol=1e-3),
        "logm": lambda s, x: s.logm(x[:, :3]),
        "svd": lambda s, x: s.svd(x, odd=1)[1],
    },
    "scipy.signal": {
        "axes": lambda s, x: s.fftconvolve(x, X, axes=0),
        "lfilter": lambda s, x: s.lfilter([1.0], [1.0, 0.5], x, zi=np.ones((3, 1)))[0],
        "savgol": lambda s, x: s.savgol_filter(x, 3, 1),
    },
    "scipy.ndimage": {
        "output": lambda s, x: s.convolve(x, ONE[None], output=FLOATS),
        "order": lambda s, x: s.gaussian_filter(x, 1.0, order=1),
        "axes": lambda s, x: s.gaussian_filter(x, 1.0, axes=(0,)),
        "along": lambda s, x: s.sobel(x, output=FLOATS),
        "uniform": lambda s, x: s.uniform_filter(x, 2, axes=(1,)),
        "median": lambda s, x: s.median_filter(x, 3),
        "one order": lambda s, x: s.gaussian_filter1d(x, 1.0, order=2),
        "uniform into": lambda s, x: s.uniform_filter1d(x, 2, output=FLOATS),
        "correlate1d into": lambda s, x: s.correlate1d(x, ONE, output=FLOATS),
        "laplace into": lambda s, x: s.laplace(x, output=FLOATS),
    },
    "scipy.fft": {
        "type": lambda s, x: s.dct(x, type=3),
        "norm": lambda s, x: s.dct(x, norm="forward"),
        "option": lambda s, x: s.dct(x, orthogonalize=True),
    },
    "scipy.special": {
        "sign": lambda s, x: s.logsumexp(x, return_sign=True)[0],
        "order": lambda s, x: s.jv(x, 1.0),
        "shape": lambda s, x: s.gammainc(x**2, 1.0),
        "both": lambda s, x: s.betainc(x**2, 1.0, 0.5),
        "no rule": lambda s, x: s.lambertw(x),
        "ellipk": lambda s, x: s.ellipk(x / 9),
    },
    "scipy.stats": {
        "isf": lambda s, x: s.norm.isf(1 / (9 + x)),
        "frozen": lambda s, x: s.norm(x, 1).ppf(0.3) + s.norm(x, 1).isf(0.5),
        "several": lambda s, x: s.multivariate_normal(x[0]).cdf(ONE),
        "rankdata": lambda s, x: s.rankdata(x),
    },
    "scipy.spatial.distance": {
        "metric": lambda s, x: s.cdist(x, X, "hamming"),
        "function": lambda s, x: s.pdist(x, lambda u, v: np.sum(u * v)),
        "yule": lambda s, x: s.yule(x[0] > 0, x[1]),
    },
}


@pytest.mark.extra("scipy")
@pytest.mark.parametrize(("module", "name"), [(module, name) for module, rows in SCIPY.items() for name in rows])
def test_what_scipy_has_beside(module, name):
    home, f = import_module(module), SCIPY[module][name]
    assert reason_of(lambda x: f(home, x)).code == "no-rule"


ERRORS = {
    "scipy.stats": {
        "a frozen one is called": lambda s, x: s.norm(x[0], 1.0)(2.0),
        "an argument that is none": lambda s, x: s.norm.pdf(x, shape=2.0),
    },
    "scipy.signal": {
        "another mode": lambda s, x: s.convolve(x, X, "other"),
        "other axes": lambda s, x: s.convolve(x, X[0]),
        "another boundary": lambda s, x: s.convolve2d(x, X, "same", "other"),
    },
    "scipy.ndimage": {"another mode": lambda s, x: s.correlate(x, X, mode="other")},
    "scipy.fft": {"another norm": lambda s, x: s.fft(x, norm="other").real},
}


@pytest.mark.extra("scipy")
@pytest.mark.parametrize(("module", "name"), [(module, name) for module, rows in ERRORS.items() for name in rows])
def test_what_is_an_error_on_floats_is_one(module, name):
    home, f = import_module(module), ERRORS[module][name]
    assert reason_of(lambda x: f(home, x)).code == "exception"


@pytest.mark.extra("scipy")
def test_what_does_not_depend_on_the_inputs_is_scipys_own():
    from scipy import sparse, stats

    frozen, matrix = stats.norm(0.5, 2.0), sparse.csr_array(X)
    outcome = run(lambda x: np.sum(x * frozen.mean() + frozen.pdf(0.5)) + len(frozen.args), X, RunSettings(192))
    assert [float(g) for g in outcome.gradient] == [0.5] * 12
    product = run(lambda x: np.sum((X.T @ matrix) @ x.T) + len(matrix.toarray()), X, RunSettings(192))
    assert [float(g.mid()) for g in product.gradient] == pytest.approx(np.tile(np.sum(X.T @ X, axis=0), 3).tolist())
    with pytest.raises(CannotFollow):
        run(lambda x: np.sum(matrix @ x), X, RunSettings(192))
