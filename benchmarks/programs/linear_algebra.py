"""Products, contractions, linear systems, factorisations and norms."""

from __future__ import annotations

from benchmarks.programs.rows import MULTILINEAR, row, rows

PRODUCTS = [
    *rows(
        """
        np.matmul({A}, {B})
        {A} @ {B}
        np.dot({A}, {B})
        {A}.dot({B})
        np.linalg.matmul({A}, {B})
        np.linalg.multi_dot([{A}, {B}])
        np.tensordot({A}, {B}, axes=1)
        np.tensordot({A}, {B}, axes=([1], [0]))
        np.tensordot({A}, {B}, axes=([-1], [-2]))
        np.linalg.tensordot({A}, {B}, axes=1)
        np.einsum("ij,jk", {A}, {B})
        np.einsum("ij,jk->ik", {A}, {B})
        np.einsum("ij,jk->k", {A}, {B})
        np.einsum("ij,jk->", {A}, {B})
        np.einsum("...ij,...jk->...ik", {A}, {B})
        np.einsum({A}, [0, 1], {B}, [1, 2], [0, 2])
        np.einsum("ij, jk -> ki", {A}, {B}, optimize=True)
        ({A} @ {B})[0]
        ({A} @ {B})[0, 0]
        ({A} @ {B})[:, -1]
        ({A} @ {B}).sum(axis=0)
        (np.dot({A}, {B}))[[0, 0]]
        """,
        MULTILINEAR,
        a="any matrix",
        b="any after",
    ),
    *rows(
        """
        np.inner({A}, {B})
        np.vdot({A}, {B})
        np.tensordot({A}, {B}, axes=2)
        np.tensordot({A}, {B}, axes=([0, 1], [0, 1]))
        np.einsum("ij,ij->", {A}, {B})
        np.einsum("ij,ij->i", {A}, {B})
        np.einsum("ij,kj->ik", {A}, {B})
        np.einsum("ij,ij->ij", {A}, {B})
        np.einsum("ij,ik->jk", {A}, {B})
        np.kron({A}, {B})
        np.outer({A}, {B})
        np.sum({A} * {B}, axis={axis})
        {A} @ {B}.T
        {A}.T @ {B}
        np.trace({A} @ {B}.T)
        np.multiply.outer({A}, {B}[0])
        np.linalg.vecdot({A}, {B})
        np.linalg.vecdot({A}, {B}, axis=0)
        np.einsum("ij,ij,ij->j", {A}, {B}, {C})
        np.einsum("ij,kj,kl->il", {A}, {B}, {C})
        """,
        MULTILINEAR,
        a="any matrix",
    ),
    *rows("np.vecdot({A}, {B})\nnp.vecdot({A}, {B}, axis=0)", MULTILINEAR, needs="np.vecdot", a="any matrix"),
    *rows(
        """
        np.dot({A}, {B})
        {A} @ {B}
        np.inner({A}, {B})
        np.vdot({A}, {B})
        np.outer({A}, {B})
        np.linalg.outer({A}, {B})
        np.einsum("i,i", {A}, {B})
        np.einsum("i,j->ij", {A}, {B})
        np.einsum("i,i->i", {A}, {B})
        np.convolve({A}, {B})
        np.convolve({A}, {B}[:2], mode="same")
        np.convolve({A}, {B}[:2], "valid")
        np.correlate({A}, {B}[:2])
        np.correlate({A}, {B}, mode="full")
        np.correlate({A}, {B}[:2], "same")
        np.kron({A}, {B})
        np.trapezoid({A}, {B})
        np.trapezoid({A}, x={B})
        np.add.outer({A}, 0 * {B}) + np.multiply.outer({A}, {B}) => np.add.outer({da}, 0 * {b}) + np.multiply.outer({da}, {b}) + np.multiply.outer({a}, {db})
        np.subtract.outer({A}, {B}) => np.subtract.outer({da}, {db})
        """,
        MULTILINEAR,
        a="any vector",
    ),
    *rows("np.cross({A}, {B})", MULTILINEAR, a="any three"),
    *rows("np.cross({A}, {B}, axis=0)", MULTILINEAR, a="any threes"),
    *rows("np.dot({A}, {B})\nnp.matmul({A}, {B})\n{A} @ {B}\n({A} @ {B})[0]", MULTILINEAR, a="any matrix", b="any columns"),
    *rows("np.matvec({A}, {B})", MULTILINEAR, needs="np.matvec", a="any matrix", b="any columns"),
    *rows("np.vecmat({B}, {A})", MULTILINEAR, needs="np.vecmat", a="any matrix", b="any rows"),
    *rows("{B} @ {A}\nnp.dot({B}, {A})\nnp.einsum('i,ij->j', {B}, {A})", MULTILINEAR, a="any matrix", b="any rows"),
    *rows(
        """
        np.matmul({A}, {B})
        {A} @ {B}
        ({A} @ {B})[0]
        {A} @ {B}[0]
        {A}[0] @ {B}
        np.dot({A}, {B})[0]
        np.einsum("bij,bjk->bik", {A}, {B})
        np.einsum("bij,bjk->ik", {A}, {B})
        np.tensordot({A}, {B}, axes=([2, 0], [1, 0]))
        np.matmul({A}, np.swapaxes({A}, 1, 2)) + 0 * np.sum({B}) => {da} @ np.swapaxes({a}, 1, 2) + {a} @ np.swapaxes({da}, 1, 2)
        """,
        MULTILINEAR,
        a="any stack",
        b="any like",
    ),
    *rows(
        """
        np.einsum("ii", {A})
        np.einsum("ii->i", {A})
        np.einsum("ij->ji", {A})
        np.einsum("ij->j", {A})
        np.einsum("ij->", {A})
        np.einsum("...j->...", {A})
        """,
        a="any square",
    ),
    *rows(
        """
        np.trapezoid({A})
        np.trapezoid({A}, dx=0.5)
        np.trapezoid({A}, axis={axis})
        """,
        a="any array",
    ),
    row("np.polyval({a}, {b})", "np.polyval({da}, {b}) + np.polyval({a}[:-1] * np.arange(len({a}) - 1, 0, -1), {b}) * {db}",
        a="any vector", b="any like"),
    row("np.apply_along_axis(lambda r: r * r.sum(), {axis}, {a})",
        "{da} * {a}.sum(axis={axis}, keepdims=True) + {a} * {da}.sum(axis={axis}, keepdims=True)", a="any array"),
]  # fmt: skip

SYSTEMS = [
    *rows(
        """
        np.linalg.solve({a}, {b}) => np.linalg.solve({a}, {db} - {da} @ {y})
        np.linalg.inv({a}) @ {b} => np.linalg.solve({a}, {db} - {da} @ {y})
        """,
        a="regular square",
        b="any rows",
    ),
    *rows(
        """
        np.linalg.solve({a}, {b}) => np.linalg.solve({a}, {db} - {da} @ {y})
        np.linalg.solve({a}, {b})[0, 0] => np.linalg.solve({a}, {db} - {da} @ np.linalg.solve({a}, {b}))[0, 0]
        np.linalg.inv({a}) => -{y} @ {da} @ {y}
        np.linalg.inv({a})[0, 1] => -(np.linalg.inv({a}) @ {da} @ np.linalg.inv({a}))[0, 1]
        np.linalg.det({a}) => {y} * np.trace(np.linalg.solve({a}, {da}))
        np.linalg.slogdet({a})[1] => np.trace(np.linalg.solve({a}, {da}))
        np.linalg.slogdet({a}).logabsdet => np.trace(np.linalg.solve({a}, {da}))
        np.linalg.slogdet({a})[0] * {A}
        np.linalg.matrix_power({a}, 2) => {da} @ {a} + {a} @ {da}
        np.linalg.matrix_power({a}, 3) => {da} @ {a} @ {a} + {a} @ {da} @ {a} + {a} @ {a} @ {da}
        np.linalg.matrix_power({a}, -1) => -{y} @ {da} @ {y}
        np.linalg.matrix_power({a}, 0) @ {A}
        np.linalg.cholesky({a} @ {a}.T + np.eye({n})) => of_cholesky({y}, {da} @ {a}.T + {a} @ {da}.T)
        np.linalg.qr({a})[1] => of_qr({a}, {da})[1]
        np.linalg.qr({a}).Q => of_qr({a}, {da})[0]
        np.linalg.qr({a}, mode="r") => of_qr({a}, {da})[1]
        np.linalg.pinv({a}) => -{y} @ {da} @ {y}
        """,
        a="regular square",
        b="any like",
    ),
    *rows(
        """
        np.linalg.solve({a}, {b}) => np.linalg.solve({a}, {db} - {da} @ {y})
        np.linalg.inv({a}) => -{y} @ {da} @ {y}
        np.linalg.det({a}) => {y} * np.trace(np.linalg.solve({a}, {da}), axis1=-2, axis2=-1)
        np.linalg.slogdet({a})[1] => np.trace(np.linalg.solve({a}, {da}), axis1=-2, axis2=-1)
        np.linalg.matrix_power({a}, 2) => {da} @ {a} + {a} @ {da}
        np.linalg.matrix_power({a}, -1) => -{y} @ {da} @ {y}
        np.linalg.cholesky({a} @ np.swapaxes({a}, -1, -2) + np.eye(2)) => of_cholesky({y}, {da} @ np.swapaxes({a}, -1, -2) + {a} @ np.swapaxes({da}, -1, -2))
        np.linalg.pinv({a}) => -{y} @ {da} @ {y}
        """,
        a="regular stack",
        b="any like",
    ),
    row("np.linalg.lstsq({a}, {b}, rcond=None)[0]", "of_least_squares({a}, {da}, {b}, {db}, {y})", a="apart tall", b="any rows"),
    row("np.linalg.lstsq({a}, {b}, rcond=None)[1]",
        "of_residual({a}, {da}, {b}, {db})", a="apart tall", b="any rows"),
    row("np.linalg.pinv({a})", "of_pinv({a}, {da}, {y})", a="apart tall"),
    row("np.linalg.pinv({a}.T)", "of_pinv({a}, {da}, {y}.T).T", a="apart tall"),
    row("np.linalg.qr({a})[0]", "of_qr({a}, {da})[0]", a="apart tall"),
    row("np.linalg.qr({a})[1]", "of_qr({a}, {da})[1]", a="apart tall"),
    row("np.linalg.multi_dot([{A}, {B}, {C}])", MULTILINEAR, a="any square", b="any like", c="any like"),
]  # fmt: skip

SPECTRA = [
    *rows(
        """
        np.linalg.eigvalsh({a} + {a}.T) => of_eigenvalues({a} + {a}.T, {da} + {da}.T)
        np.linalg.eigh({a} + {a}.T)[0] => of_eigenvalues({a} + {a}.T, {da} + {da}.T)
        np.linalg.eigh({a} @ {a}.T).eigenvalues[-1] => of_eigenvalues({a} @ {a}.T, {da} @ {a}.T + {a} @ {da}.T)[-1]
        np.linalg.eigvalsh({a} @ {a}.T)[0] => of_eigenvalues({a} @ {a}.T, {da} @ {a}.T + {a} @ {da}.T)[0]
        np.linalg.eigh({a} + {a}.T)[1] => of_eigenvectors(*np.linalg.eigh({a} + {a}.T), {da} + {da}.T)
        np.linalg.eigh({a} + {a}.T).eigenvectors[:, 0] => of_eigenvectors(*np.linalg.eigh({a} + {a}.T), {da} + {da}.T)[:, 0]
        """,
        guard="steady_spectrum({a} + {a}.T) and steady_spectrum({a} @ {a}.T)",
        a="regular square",
    ),
    *rows(
        """
        np.linalg.svd({a}, compute_uv=False) => of_singular_values({a}, {da})
        np.linalg.svd({a})[1] => of_singular_values({a}, {da})
        np.linalg.svd({a}, full_matrices=False).S[0] => of_singular_values({a}, {da})[0]
        np.linalg.svdvals({a}) => of_singular_values({a}, {da})
        np.linalg.svd({a}.T, compute_uv=False)[-1] => of_singular_values({a}, {da})[-1]
        np.linalg.svd({a}, full_matrices=False)[0] @ np.diag(np.linalg.svd({a})[1]) @ np.linalg.svd({a}, full_matrices=False)[2] => {da}
        np.linalg.norm({a}, 2) => of_singular_values({a}, {da})[0]
        np.linalg.norm({a}, -2) => of_singular_values({a}, {da})[-1]
        np.linalg.norm({a}, "nuc") => np.sum(of_singular_values({a}, {da}))
        np.linalg.cond({a}) => of_condition({a}, {da})
        np.linalg.matrix_rank({a}) * {A}
        """,
        guard="steady_spectrum({a}.T @ {a})",
        a="apart tall",
    ),
]

FOURIER = [
    *rows(
        """
        np.fft.fft({A}).real
        np.fft.fft({A}).imag
        np.fft.fft({A}, axis=0).real
        np.fft.fft({A}, n=4).imag
        np.fft.ifft({A}).real
        np.fft.ifft({A}, norm="ortho").imag
        np.fft.rfft({A}).real
        np.fft.rfft({A}, norm="forward").imag
        np.fft.irfft({A})
        np.fft.irfft({A}, n=5)
        np.fft.irfft(np.fft.rfft({A}), n={a}.shape[-1])
        np.fft.fftn({A}).real
        np.fft.ifftn({A}).imag
        np.fft.rfftn({A}).real
        np.fft.irfftn({A})
        np.fft.fftshift({A})
        np.fft.ifftshift({A})
        np.abs(np.fft.rfft({a})) ** 2 => 2 * (np.conj(np.fft.rfft({a})) * np.fft.rfft({da})).real
        np.sum(np.abs(np.fft.fft({a})) ** 2) => 2 * np.sum((np.conj(np.fft.fft({a})) * np.fft.fft({da})).real)
        np.fft.ifft(np.fft.fft({A}) * np.array([1.0 + 2.0j])).real
        """,
        a="any array",
    ),
    *rows(
        """
        np.fft.fft2({A}).real
        np.fft.ifft2({A}).imag
        np.fft.rfft2({A}).real
        np.fft.irfft2({A})
        """,
        a="any matrix",
    ),
    row("np.fft.ifft(np.fft.fft({A}) * np.fft.fft({B})).real", MULTILINEAR, a="any vector"),
]

NORMS = [
    *rows(
        """
        np.linalg.norm({a}) => np.sum({a} * {da}) / {y}
        np.linalg.norm({a}.ravel(), 1) => np.sum(np.sign({a}) * {da})
        np.linalg.norm({a}.ravel(), 3) => np.sum(np.sign({a}) * {a} ** 2 * {da}) / {y} ** 2
        np.linalg.norm({a}.ravel(), np.inf) => np.sum((np.abs({a}) == np.max(np.abs({a}))) * np.sign({a}) * {da})
        np.linalg.norm({a}.ravel(), -np.inf) => np.sum((np.abs({a}) == np.min(np.abs({a}))) * np.sign({a}) * {da})
        np.linalg.norm({a}.ravel(), 0) * {A}
        np.linalg.norm({a}, axis={axis}) => np.sum({a} * {da}, axis={axis}) / {y}
        np.linalg.norm({a}, axis={axis}, keepdims=True) => np.sum({a} * {da}, axis={axis}, keepdims=True) / {y}
        np.linalg.norm({a}, ord=1, axis={axis}) => np.sum(np.sign({a}) * {da}, axis={axis})
        np.linalg.norm({a}, keepdims=True) => np.sum({a} * {da}, keepdims=True) / {y}
        np.linalg.vector_norm({a}) => np.sum({a} * {da}) / {y}
        np.linalg.vector_norm({a}, axis={axis}, ord=1) => np.sum(np.sign({a}) * {da}, axis={axis})
        """,
        a="sizes array",
    ),
    *rows(
        """
        np.linalg.norm({a}, "fro") => np.sum({a} * {da}) / {y}
        np.linalg.norm({a}, 1) => np.sum(np.sign({a}) * {da}, axis=0)[np.argmax(np.sum(np.abs({a}), axis=0))]
        np.linalg.norm({a}, -1) => np.sum(np.sign({a}) * {da}, axis=0)[np.argmin(np.sum(np.abs({a}), axis=0))]
        np.linalg.norm({a}, np.inf) => np.sum(np.sign({a}) * {da}, axis=1)[np.argmax(np.sum(np.abs({a}), axis=1))]
        np.linalg.norm({a}, -np.inf) => np.sum(np.sign({a}) * {da}, axis=1)[np.argmin(np.sum(np.abs({a}), axis=1))]
        np.linalg.norm({a}, axis=(0, 1), keepdims=True) => np.sum({a} * {da}, keepdims=True) / {y}
        np.linalg.matrix_norm({a}) => np.sum({a} * {da}) / {y}
        np.linalg.matrix_norm({a}, ord=np.inf) => np.sum(np.sign({a}) * {da}, axis=1)[np.argmax(np.sum(np.abs({a}), axis=1))]
        """,
        a="sizes matrix",
    ),
]

LINEAR_ALGEBRA = [*PRODUCTS, *SYSTEMS, *SPECTRA, *FOURIER, *NORMS]
