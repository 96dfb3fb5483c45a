"""scipy.special on balls: ufuncs by protocol, Python functions by replacement."""

import numpy as np
import pytest

from gradcheck.functions.enclosed_gradient import certified_gradient

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
    "inverses": lambda s, x: np.sum(s.erfinv(x / 3) + s.erfcinv(x / 2) * x + s.ndtri(x / 3) ** 2),
    "erfcx, erfi, dawsn": lambda s, x: np.sum(s.erfcx(x) + s.erfi(x / 2) * x + s.dawsn(x) ** 2 + s.erfcx(-x)),
    "exponential integrals": lambda s, x: np.sum(s.expi(x) + s.exp1(x) * x + s.expn(2, x) + s.exprel(x) ** 2),
    "j": lambda s, x: np.sum(s.j0(x) + s.j1(x) ** 2 + s.jv(2.5, x) * x + s.jn(3, x)),
    "y, k": lambda s, x: np.sum(s.y0(x) + s.y1(x) + s.yv(2, x) + s.k0(x) + s.k1(x) + s.kv(0.5, x) + s.kn(2, x)),
    "scaled": lambda s, x: np.sum(s.i0e(x) + s.i1e(-x) * x + s.k0e(x) + s.k1e(x) + s.ive(2, x) + s.kve(1, x) + s.iv(1.5, x)),
    "polygamma, zeta": lambda s, x: np.sum(s.polygamma(1, x) + s.polygamma(2, x) + s.polygamma(0, x)) + s.zeta(3.0, x).sum(),
    "incomplete": lambda s, x: np.sum(s.gammainc(2.5, x) + s.gammaincc(1.0, x) ** 2 + s.betainc(2, 3.5, x / 3) * x),
    "distribution functions": lambda s, x: np.sum(s.stdtr(4, x - 1) + s.chdtr(3, x) + s.pdtr([0, 1, 2, 3], x) + s.chdtrc(2, x)),
    "boxcox": lambda s, x: np.sum(s.boxcox(x, x - 1) + s.boxcox(x, 0.0) + s.boxcox1p(x, 0.3) + s.inv_boxcox(x, 0.5)),
    "exp10, cosm1, degrees": lambda s, x: np.sum(s.exp10(x) + s.cosm1(x) * x + s.sindg(30 * x) + s.tandg(x) + s.cosdg(x) ** 2),
    "rgamma, poch, binom": lambda s, x: np.sum(s.rgamma(x) + s.poch(x, 2.5) + s.binom(x + 3, x) + s.binom(5.5, x)),
    "softplus, multigammaln": lambda s, x: np.sum(s.softplus(x) ** 2 + s.multigammaln(x + 3, 3)),
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
