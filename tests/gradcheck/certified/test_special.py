"""scipy.special on balls: ufuncs by protocol, Python functions by replacement."""

import numpy as np
import pytest

from gradcheck.certified.api import certified_gradient

pytestmark = pytest.mark.extra("scipy")

X = np.array([0.3, 0.7, 1.25, 2.5])
A = np.arange(8.0).reshape(4, 2) - 3

CASES = {
    "expit, log_expit, logit": lambda s, x: np.sum(s.expit(x) ** 2 + s.log_expit(x) + s.logit(x / 4)),
    "erf, erfc, ndtr, log_ndtr": lambda s, x: np.sum(s.erf(x) * s.erfc(x) + s.ndtr(x) + s.log_ndtr(-x)),
    "logsumexp": lambda s, x: s.logsumexp(np.outer(x, A[:, 0]), axis=1) @ x + s.logsumexp(x),
    "logsumexp with weights": lambda s, x: s.logsumexp(x, b=np.arange(1.0, 5.0)),
    "softmax, log_softmax": lambda s, x: s.softmax(x) @ np.arange(4.0) + s.log_softmax(np.outer(x, x), axis=1)[1, 2],
    "xlogy, xlog1py, entr": lambda s, x: np.sum(s.xlogy(x, x**2) + s.xlog1py(x, x) + s.entr(x) + s.xlogy(0, x)),
    "rel_entr, kl_div": lambda s, x: np.sum(s.rel_entr(x, x[::-1]) + s.kl_div(x, 2.0)),
    "gammaln, gamma, digamma": lambda s, x: np.sum(s.gammaln(x) + s.gamma(x) + s.digamma(x) + s.psi(x)),
    "beta, betaln": lambda s, x: np.sum(s.betaln(x, 2.0) + s.beta(x, x + 1)),
    "huber, pseudo_huber": lambda s, x: np.sum(s.huber(1.0, x) + s.pseudo_huber(0.5, x)),
}


@pytest.mark.parametrize("name", CASES)
def test_scipy_special_runs_on_balls(name):
    from scipy import special
    from scipy.differentiate import jacobian

    f = lambda x: CASES[name](special, x)
    value, grad = certified_gradient(f, X)
    expected = jacobian(lambda x: np.apply_along_axis(f, 0, x), X, initial_step=0.05).df
    assert (grad.rad <= 1e-30 * np.maximum(1, np.abs(grad.mid))).all()
    np.testing.assert_allclose(grad.mid, expected, rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(value.mid, f(X), rtol=1e-13)


def test_names_imported_from_scipy_are_replaced_and_restored():
    from scipy.special import expit, logsumexp

    before = logsumexp
    _, grad = certified_gradient(lambda x: logsumexp(x) + expit(x).sum(), X)
    assert grad.smooth and logsumexp is before
