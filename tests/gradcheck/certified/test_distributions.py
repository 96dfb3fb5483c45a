"""scipy.stats on balls: densities and distribution functions, frozen and not."""

import numpy as np
import pytest

from gradcheck import check_grad, check_vjp
from gradcheck.certified.code.reasons import CannotFollow
from gradcheck.functions.enclosed_gradient import certified_gradient
from tests.gradcheck.certified.oracle import certifies

pytestmark = pytest.mark.extra("scipy")

RNG = np.random.default_rng(31)
Y = RNG.normal(size=5)
P = np.abs(Y) + 0.25
U = 1 / (1 + np.exp(-Y))
K = np.array([0, 2, 1, 5, 3])
T = np.array([1.3, 0.6, 2.2])
COV = np.array([[2.0, 0.3, 0.1], [0.3, 1.5, -0.2], [0.1, -0.2, 1.0]])

DENSITIES = {
    "norm": lambda s, t: s.norm.logpdf(Y, t[0], t[1]).sum() + s.norm.pdf(t, loc=0.5).sum() + s.norm.logpdf(0.3, scale=t[2]),
    "norm, distribution functions": lambda s, t: np.sum(
        s.norm.cdf(Y, t[0]) + s.norm.logcdf(Y * t[1]) + s.norm.sf(t[2] - Y) + s.norm.logsf(Y, scale=t[1])
    ),
    "t": lambda s, t: np.sum(s.t.logpdf(Y, t[2] + 3, t[0], t[1])) + s.t.cdf(t, 4).sum() + s.t.sf(t[0], df=3, scale=2),
    "cauchy": lambda s, t: np.sum(s.cauchy.logpdf(Y, t[0], t[1])) + s.cauchy.cdf(t).sum() + s.halfcauchy.logpdf(t).sum(),
    "laplace": lambda s, t: np.sum(s.laplace.logpdf(Y, t[0], t[1])) + s.laplace.cdf(Y, t[0]).sum() + s.laplace.sf(t, 1.0).sum(),
    "logistic": lambda s, t: np.sum(s.logistic.logpdf(Y, t[0], t[1])) + s.logistic.cdf(t).sum() + s.logistic.logsf(t).sum(),
    "gumbel": lambda s, t: np.sum(s.gumbel_r.logpdf(Y, t[0], t[1])) + s.gumbel_l.logpdf(t).sum() + s.gumbel_r.cdf(t).sum(),
    "uniform": lambda s, t: (
        np.sum(s.uniform.logpdf(U, -t[0], 9 * t[1])) + s.uniform.cdf(t, 0, 3).sum() + s.uniform.pdf(t).sum()
    ),
    "expon": lambda s, t: np.sum(s.expon.logpdf(P, scale=t[0])) + s.expon.cdf(t).sum() + s.expon.logsf(t, 0.1, 2).sum(),
    "half": lambda s, t: (
        np.sum(s.halfnorm.logpdf(P, scale=t[0])) + s.halfnorm.cdf(t).sum() + s.rayleigh.logpdf(P, 0, t[1]).sum()
    ),
    "gamma": lambda s, t: (
        np.sum(s.gamma.logpdf(P, t[0], scale=1 / t[1])) + s.gamma.cdf(t, 2.5).sum() + s.gamma.sf(t, a=2).sum()
    ),
    "chi2, invgamma": lambda s, t: (
        np.sum(s.chi2.logpdf(P, t[0] + 1)) + s.invgamma.logpdf(P, t[1]).sum() + s.chi2.cdf(t, 3).sum()
    ),
    "beta": lambda s, t: np.sum(s.beta.logpdf(U, t[0], t[1])) + s.beta.cdf(t / 3, 2, 3.5).sum() + s.beta.pdf(t / 4, 2, 2).sum(),
    "lognorm": lambda s, t: np.sum(s.lognorm.logpdf(P, t[0], scale=t[1])) + s.lognorm.cdf(t, 0.7).sum(),
    "weibull, pareto": lambda s, t: np.sum(s.weibull_min.logpdf(P, t[0], 0, t[1])) + s.pareto.logpdf(P + 2, t[2]).sum(),
    "skewnorm": lambda s, t: np.sum(s.skewnorm.logpdf(Y, t[0], t[1], t[2])),
    "beside the support": lambda s, t: s.expon.pdf(np.array([-1.0, 2.0]), scale=t[0]).sum() + s.beta.cdf(t, 2, 2).sum(),
    "poisson": lambda s, t: np.sum(s.poisson.logpmf(K, t[0])) + s.poisson.pmf(K[:3], t).sum() + s.poisson.pmf(1.5, t[1]),
    "poisson, moved": lambda s, t: np.sum(s.poisson.logpmf(K + 1, t[0], loc=1)) + s.poisson.pmf(-1, t[1]),
    "binom": lambda s, t: (
        np.sum(s.binom.logpmf(K, 6, t[0] / 3)) + s.binom.pmf(K, 4, t[1] / 3).sum() + s.bernoulli.logpmf(1, t[2] / 3)
    ),
    "geom, nbinom": lambda s, t: np.sum(s.geom.logpmf(K + 1, t[0] / 3)) + s.nbinom.logpmf(K, t[1], t[2] / 3).sum(),
    "frozen": lambda s, t: s.norm(t[0], t[1]).logpdf(Y).sum() + s.gamma(a=t[2]).logpdf(P).sum() + s.poisson(t[0]).pmf(2),
    "frozen, given a number": lambda s, t: (
        s.norm(0.5, scale=2).logpdf(t).sum() + s.norm().cdf(t[0]) + s.expon(scale=2).pdf(t[1])
    ),
    "multivariate normal": lambda s, t: (
        s.multivariate_normal.logpdf(t, np.ones(3), COV) + s.multivariate_normal.pdf(t[:2]).sum()
    ),
    "its parameters": lambda s, t: (
        s.multivariate_normal.logpdf(Y[:3], mean=t, cov=COV * t[0]) + s.multivariate_normal(t).logpdf(Y[:3])
    ),
    "rows of it": lambda s, t: np.sum(s.multivariate_normal(mean=t, cov=np.diag(t)).logpdf(np.outer(Y, [1.0, 2.0, -1.0]))),
    "one number": lambda s, t: (
        s.multivariate_normal.logpdf(Y, t[0], t[1]).sum() + s.multivariate_normal.logpdf(t, T[::-1], cov=t**2)
    ),
    "dirichlet": lambda s, t: s.dirichlet.logpdf(np.array([0.2, 0.3, 0.5]), t) + s.dirichlet(np.ones(3) * 2).pdf(t / t.sum()),
    "multinomial": lambda s, t: s.multinomial.logpmf([1, 0, 2], 3, np.array([t[0] / 4, t[1] / 4, 1 - t[0] / 4 - t[1] / 4])),
}


@pytest.mark.parametrize("name", DENSITIES)
def test_densities(name):
    from scipy import stats

    certifies(lambda t: DENSITIES[name](stats, t), T)


def test_names_however_they_are_imported_and_objects_made_before():
    import scipy.stats as st
    from scipy.stats import multivariate_normal, norm

    prior, several = norm(loc=0.5, scale=2.0), multivariate_normal(np.zeros(3), COV)
    certifies(lambda t: prior.logpdf(t).sum() + several.logpdf(t) + norm.logpdf(t).sum() + st.norm.logpdf(t[0]), T)
    assert prior.logpdf(0.5) == norm(0.5, 2.0).logpdf(0.5)
    certifies(lambda t: t @ t * prior.mean() + float(prior.pdf(0.3)) * t[0], T)


def test_right_and_wrong_gradients_of_a_likelihood():
    from scipy.stats import norm

    f = lambda t: -np.sum(norm.logpdf(Y, t[0], np.exp(t[1])))
    right = lambda t: -np.array([np.sum(Y - t[0]) / np.exp(2 * t[1]), np.sum((Y - t[0]) ** 2) / np.exp(2 * t[1]) - len(Y)])
    report = check_grad(f, right, T[:2])
    assert report.verdict == "match" and "certified formula" in str(report)
    assert check_grad(f, lambda t: right(t) * np.array([1.0, 1 + 1e-9]), T[:2]).verdict == "mismatch"
    score = lambda t: norm.logpdf(Y, t[0], 1.5)
    assert check_grad(score, lambda t: ((Y - t[0]) / 2.25)[:, None], T[:1], jacobian=True).verdict == "match"
    assert check_vjp(score, lambda t, g: np.array([g @ (Y - t[0])]) / 2.25, T[:1]).verdict == "match"
    assert check_vjp(score, lambda t, g: np.array([g @ (Y - t[0])]) / 1.5, T[:1]).verdict == "mismatch"


def test_what_has_no_rule_is_named_and_judged_by_differences():
    from scipy import stats

    f = lambda t: np.sum(stats.exponnorm.logpdf(Y, t[0]))
    assert check_grad(f, lambda t: t, T).verdict == "mismatch"
    g = lambda t: stats.norm.ppf(t / 4).sum()
    report = check_grad(g, lambda t: 1 / (4 * stats.norm.pdf(stats.norm.ppf(t / 4))), T)
    assert report.verdict == "match" and "there is no rule for ppf" not in str(report)
    for h, name in (
        (lambda t: stats.norm.isf(t / 4).sum(), "norm.isf"), (lambda t: stats.norm(0, 2).isf(t / 4).sum(), "norm.isf"),
        (lambda t: stats.multivariate_normal.cdf(t, np.zeros(3)), "multivariate_normal.cdf"),
        (lambda t: stats.multivariate_normal(np.zeros(3)).cdf(t), "multivariate_normal.cdf"),
    ):  # fmt: skip
        with pytest.raises(CannotFollow, match=rf"there is no rule for scipy.stats.{name}"):
            certified_gradient(h, T)


def test_descriptive_statistics():
    from scipy import stats

    certifies(lambda t: stats.zscore(t) @ Y[:3] + stats.entropy(t) + stats.gmean(t) * stats.hmean(t), T)
    certifies(lambda t: stats.entropy(t, T[::-1]) + stats.sem(t) + stats.entropy(t, base=2), T)


def test_data_at_the_end_of_the_support():
    from scipy.stats import expon, uniform

    data = np.array([0.0, 1.0, 2.0])
    for f, right in (
        (lambda t: expon.logpdf(data, scale=t[0]).sum(), lambda t: np.array([3 / t[0] ** 2 - 3 / t[0]])),
        (lambda t: uniform.logpdf(data, 0, t[0]).sum(), lambda t: np.array([-3 / t[0]])),
    ):
        report = check_grad(f, right, np.array([2.5]))
        assert report.verdict == "match" and "certified formula" in str(report)
        assert check_grad(f, lambda t, right=right: 1.001 * right(t), np.array([2.5])).verdict == "mismatch"
