"""Functions of scipy.special and scipy.linalg."""

from __future__ import annotations

from benchmarks.programs.rows import row, rows

SPECIAL = [
    *rows(
        """
        special.expit({a}) => {y} * (1 - {y}) * {da}
        special.log_expit({a}) => special.expit(-{a}) * {da}
        special.erf({a}) => 2 / np.sqrt(np.pi) * np.exp(-{a} * {a}) * {da}
        special.erfc({a}) => -2 / np.sqrt(np.pi) * np.exp(-{a} * {a}) * {da}
        special.ndtr({a}) => np.exp(-{a} * {a} / 2) / np.sqrt(2 * np.pi) * {da}
        special.log_ndtr({a}) => np.exp(-{a} * {a} / 2) / np.sqrt(2 * np.pi) / special.ndtr({a}) * {da}
        special.i0({a}) => special.i1({a}) * {da}
        special.pseudo_huber({pos}, {a}) => {a} / np.sqrt(1 + ({a} / {pos}) ** 2) * {da}
        special.logsumexp({a}) => np.sum(special.softmax({a}) * {da})
        special.softmax({a}) => {y} * ({da} - np.sum({y} * {da}))
        special.log_softmax({a}) => {da} - np.sum(special.softmax({a}) * {da})
        special.exp2({a}) => {y} * np.log(2.0) * {da}
        """,
        needs="scipy.special",
    ),
    row("special.huber({pos}, {a})", "np.where(np.abs({a}) < {pos}, {a}, {pos} * np.sign({a})) * {da}",
        guard="far(np.abs({a}), {pos})", needs="scipy.special"),
    row("special.i1({a})", "(special.i0({a}) - {y} / {a}) * {da}", needs="scipy.special", a="nonzero"),
    row("special.logit({a})", "{da} / ({a} * (1 - {a}))", needs="scipy.special", a="share"),
    *rows(
        """
        special.gamma({a}) => {y} * special.psi({a}) * {da}
        special.gammaln({a}) => special.digamma({a}) * {da}
        special.loggamma({a}) => special.psi({a}) * {da}
        special.entr({a}) => -(np.log({a}) + 1) * {da}
        special.psi({a}) => trigamma({a}) * {da}
        special.digamma({a}) => trigamma({a}) * {da}
        """,
        needs="scipy.special",
        a="positive",
    ),
    *rows(
        """
        special.xlogy({a}, {b}) => np.log({b}) * {da} + {a} / {b} * {db}
        special.xlog1py({a}, {b}) => np.log1p({b}) * {da} + {a} / (1 + {b}) * {db}
        special.rel_entr({a}, {b}) => (np.log({a} / {b}) + 1) * {da} - {a} / {b} * {db}
        special.kl_div({a}, {b}) => np.log({a} / {b}) * {da} + (1 - {a} / {b}) * {db}
        special.betaln({a}, {b}) => (special.psi({a}) - special.psi({a} + {b})) * {da} + (special.psi({b}) - special.psi({a} + {b})) * {db}
        special.beta({a}, {b}) => {y} * ((special.psi({a}) - special.psi({a} + {b})) * {da} + (special.psi({b}) - special.psi({a} + {b})) * {db})
        """,
        needs="scipy.special",
        a="positive",
        b="positive like",
    ),
]  # fmt: skip
SYSTEMS = [
    *rows(
        """
        splinalg.solve({a}, {b}) => np.linalg.solve({a}, {db} - {da} @ {y})
        splinalg.inv({a}) + 0 * {b} => -np.linalg.inv({a}) @ {da} @ np.linalg.inv({a})
        splinalg.det({a}) => {y} * np.trace(np.linalg.solve({a}, {da}))
        splinalg.cholesky({a} @ {a}.T + np.eye({n}), lower=True) => of_cholesky({y}, {da} @ {a}.T + {a} @ {da}.T)
        splinalg.cholesky({a} @ {a}.T + np.eye({n})) => of_cholesky({y}.T, {da} @ {a}.T + {a} @ {da}.T).T
        splinalg.cho_solve(splinalg.cho_factor({a} @ {a}.T + np.eye({n})), {b}) => np.linalg.solve({a} @ {a}.T + np.eye({n}), {db} - ({da} @ {a}.T + {a} @ {da}.T) @ {y})
        splinalg.solve_triangular(np.tril({a}) + 3 * np.eye({n}), {b}, lower=True) => np.linalg.solve(np.tril({a}) + 3 * np.eye({n}), {db} - np.tril({da}) @ {y})
        splinalg.solve_triangular(np.triu({a}) + 3 * np.eye({n}), {b}, trans=1) => np.linalg.solve((np.triu({a}) + 3 * np.eye({n})).T, {db} - np.triu({da}).T @ {y})
        """,
        needs="scipy.linalg",
        a="regular square",
        b="any like",
    ),
]

SYSTEMS += [
    *rows(
        """
        splinalg.lu_solve(splinalg.lu_factor({a}), {b}) => np.linalg.solve({a}, {db} - {da} @ {y})
        splinalg.solve_sylvester({a}, {a}.T @ {a}, {b}) => splinalg.solve_sylvester({a}, {a}.T @ {a}, {db} - {da} @ {y} - {y} @ ({da}.T @ {a} + {a}.T @ {da}))
        splinalg.solve_continuous_lyapunov({a}, {b}) => splinalg.solve_continuous_lyapunov({a}, {db} - {da} @ {y} - {y} @ {da}.T)
        splinalg.expm({a} / 4) => splinalg.expm(np.block([[{a}, {da}], [0 * {a}, {a}]]) / 4)[:{n}, {n}:]
        splinalg.polar({a})[0] => of_polar(*splinalg.polar({a}), {da})[0]
        splinalg.polar({a})[1] => of_polar(*splinalg.polar({a}), {da})[1]
        splinalg.qr({a})[1] => of_qr({a}, {da})[1]
        splinalg.qr({a}, mode="economic")[0] => of_qr({a}, {da})[0]
        splinalg.block_diag({A}, {B})[1:, 1:]
        """,
        needs="scipy.linalg",
        a="regular square",
        b="any like",
    ),
    *rows(
        """
        splinalg.eigvalsh({a} + {a}.T) => of_eigenvalues({a} + {a}.T, {da} + {da}.T)
        splinalg.eigh({a} + {a}.T)[0] => of_eigenvalues({a} + {a}.T, {da} + {da}.T)
        splinalg.eigh({a} + {a}.T)[1] => of_eigenvectors(*splinalg.eigh({a} + {a}.T), {da} + {da}.T)
        """,
        guard="steady_spectrum({a} + {a}.T)",
        needs="scipy.linalg",
        a="regular square",
    ),
    *rows(
        """
        splinalg.svd({a}, compute_uv=False) => of_singular_values({a}, {da})
        splinalg.svd({a})[1] => of_singular_values({a}, {da})
        splinalg.svdvals({a}) => of_singular_values({a}, {da})
        splinalg.pinv({a}) => of_pinv({a}, {da}, {y})
        splinalg.lstsq({a}, {b})[0] => of_least_squares({a}, {da}, {b}, {db}, {y})
        splinalg.norm({a}) => np.sum({a} * {da}) / {y}
        """,
        guard="steady_spectrum({a}.T @ {a})",
        needs="scipy.linalg",
        a="apart tall",
        b="any rows",
    ),
    *rows(
        """
        splinalg.toeplitz({A})
        splinalg.toeplitz({A}, {B})
        splinalg.circulant({A})
        splinalg.solve_toeplitz(np.array([5.0, 1.0, 0.5]) + {a} / 9, {b}) => np.linalg.solve(splinalg.toeplitz(np.array([5.0, 1.0, 0.5]) + {a} / 9), {db} - splinalg.toeplitz({da} / 9) @ {y})
        """,
        needs="scipy.linalg",
        a="any three",
        b="any like",
    ),
]

FOURIER = [
    *rows(
        """
        sfft.fft({A}).real
        sfft.ifft({A}).imag
        sfft.rfft({A}).imag
        sfft.irfft({A}, n=4)
        sfft.fftn({A}).real
        sfft.ifftn({A}).real
        sfft.rfftn({A}).imag
        sfft.irfftn({A})
        sfft.dct({A})
        sfft.dct({A}, norm="ortho")
        sfft.idct({A})
        sfft.dctn({A})
        sfft.idctn({A})
        sfft.fftshift({A})
        sfft.ifftshift({A})
        """,
        needs="scipy.fft",
        a="any array",
    ),
    *rows(
        """
        sfft.fft2({A}).imag
        sfft.ifft2({A}).real
        sfft.rfft2({A}).real
        sfft.irfft2({A})
        """,
        needs="scipy.fft",
        a="any matrix",
    ),
]

SCIPY = [*SPECIAL, *SYSTEMS, *FOURIER]
