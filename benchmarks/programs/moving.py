"""What moves, repeats, joins, selects and stores entries: shapes, indices, assignments, in-place operations, array makers."""

from __future__ import annotations

from benchmarks.programs.rows import row, rows

SHAPES = [
    *rows(
        """
        np.ravel({A})
        {A}.ravel()
        {A}.flatten()
        np.reshape({A}, -1)
        {A}.reshape(-1, 1)
        {A}.reshape({shape})
        np.transpose({A})
        {A}.T
        np.copy({A})
        {A}.copy()
        np.array({A})
        np.asarray({A}) * 2
        np.asanyarray({A}) * 1
        np.ascontiguousarray({A})
        np.asarray_chkfinite({A})
        np.array({A}, dtype=float)
        {A}.astype(float)
        {A}.astype(np.result_type({a}, 1.0))
        {A}.astype(np.common_type({a}))
        {A} * np.ndim({a})
        {A} * len(np.shape({a}))
        {A} * np.size({a})
        {A} * {a}.shape[0]
        {A} if np.isrealobj({a}) and not np.iscomplexobj({a}) else 0 * {A}
        np.where(np.isreal({a}), {A}, 0.0)
        np.where(np.isfinite({a}), {A}, 0.0)
        np.where(np.isnan({a}), 0.0, {A})
        np.where(np.isinf({a}), 0.0, {A})
        np.ones_like({a}) * {A}
        np.squeeze({A})
        np.squeeze({A}[None])
        np.expand_dims({A}, 0)
        {A}[..., np.newaxis]
        np.atleast_1d({A})
        np.atleast_2d({A})
        np.atleast_3d({A})
        np.flip({A})
        np.flip({A}, axis={axis})
        np.flipud({A})
        {A}[::-1]
        np.roll({A}, 1)
        np.roll({A}, -1, axis={axis})
        np.repeat({A}, 2)
        np.repeat({A}, 2, axis={axis})
        np.tile({A}, 2)
        np.resize({A}, (2, 3))
        np.broadcast_to({A}, (2,) + np.shape({a}))
        np.broadcast_arrays({A}, np.zeros((2,) + np.shape({a})))[0]
        np.moveaxis({A}, 0, -1)
        np.rollaxis({A}, {a}.ndim - 1)
        np.take({A}, {flat})
        np.take({A}, {index}, axis=0)
        {A}.take({flat})
        np.delete({A}, 0, axis={axis}) if {a}.shape[{axis}] > 1 else {A}
        np.compress({mask1}, {A}, axis=0)
        np.pad({A}, 1)
        np.pad({A}, 1, mode="edge")
        np.pad({A}, 1, mode="wrap")
        np.pad({A}, (1, 0), constant_values=0)
        np.split({A}, [1], axis={axis})[0]
        np.array_split({A}, 2)[0]
        np.diff({A}, axis={axis}) if {a}.shape[{axis}] > 1 else {A}
        np.diff({A}, prepend=0)
        np.ediff1d({A})
        np.ravel({A}, order="F")
        {A}.squeeze()
        {A}.swapaxes(0, -1)
        {A}.repeat(2)
        {A}.item(0) + {A}
        {A}.flat[0] * np.ones(2)
        np.array({A}.tolist())
        np.array([v for v in {A}.flat])
        np.fromiter((v * 2 for v in {A}.ravel()), dtype=float)
        np.array([float(v) for v in np.nditer({A})])
        np.r_[{A}.ravel(), 0.0] => np.r_[{da}.ravel(), 0.0]
        np.c_[{A}.ravel(), {A}.ravel()]
        np.apply_along_axis(lambda r: r.cumsum(), {axis}, {A})
        np.vectorize(lambda t: t * t)({a}) => 2 * {a} * {da}
        np.frompyfunc(lambda t: 3 * t, 1, 1)({A}).astype(float)
        np.linalg.vector_norm({A}) * 0 + {A} => {da}
        """,
        a="any array",
    ),
    *rows(
        """
        np.swapaxes({A}, 0, 1)
        np.fliplr({A})
        np.rot90({A})
        np.rot90({A}, -1)
        np.tril({A})
        np.triu({A}, 1)
        np.diag({A})
        np.diagonal({A}, offset=1)
        np.diagonal({A})
        np.linalg.diagonal({A})
        np.linalg.matrix_transpose({A})
        np.transpose({A}, (1, 0))
        np.hsplit({A}, [1])[1]
        np.vsplit({A}, [1])[0]
        np.roll({A}, (1, -1), axis=(0, 1))
        {A}[:, 0]
        {A}[-1]
        {A}[:, ::-1]
        {A}[0, -1]
        {A}[..., 1]
        {A}[[0, 0, 1]]
        {A}[[1, 0], [0, 1]]
        {A}[np.ix_([0, 1], [1, 0])]
        {A}[{a}.shape[0] - 1, :]
        np.dsplit({A}[None], [1])[0]
        np.array([row.sum() for row in {A}])
        np.array([row[::-1] for row in {A}])
        np.gradient({A}, axis=0)
        np.lib.stride_tricks.sliding_window_view({A}, (2, 1))[0]
        """,
        a="any matrix",
    ),
    *rows("np.matrix_transpose({A})\n{A}.mT", needs="np.matrix_transpose", a="any matrix"),
    *rows("np.unstack({A})[0]", needs="np.unstack", a="any matrix"),
    *rows("np.permute_dims({A})", needs="np.permute_dims", a="any matrix"),
    *rows(
        """
        np.diag({A})
        np.diag({A}, 1)
        np.diagflat({A})
        np.gradient({A})
        np.gradient({A}, 0.5)
        np.lib.stride_tricks.sliding_window_view({A}, 2)
        {A}[1:]
        {A}[:-1]
        {A}[1:] - {A}[:-1]
        {A}[::2]
        {A}[-1]
        {A}[[0, 0, 1]]
        {A}[np.array([[0, 1], [1, 0]])]
        {A}[:, None] - {A}[None, :]
        {A}[:, None] * np.ones(2)
        np.insert({A}, 1, 0.0)
        np.pad({A}, (1, 2), mode="reflect") => np.pad({da}, (1, 2), mode="reflect")
        np.pad({A}, 1, mode="symmetric")
        np.pad({A}, 1, mode="mean")
        np.pad({A}, 1, mode="linear_ramp", end_values=0)
        np.array([{A}[0], {A}[1], 0.0])
        np.array([[{A}[0], {A}[1]], [{A}[1], {A}[0]]])
        np.stack([{A}[0] * 2, {A}[1]])
        np.vander({a}, 3) => np.stack([2 * {a} * {da}, {da}, 0 * {da}], axis=-1)
        np.vander({a}, 3, increasing=True) => np.stack([0 * {da}, {da}, 2 * {a} * {da}], axis=-1)
        np.linspace({A}[0], {A}[1], 4)
        np.linspace(0.0, {A}[1], 3)
        np.linspace({A}, 0.0, 3)
        """,
        a="any vector",
    ),
    row("np.swapaxes({A}, 0, 2)", a="any stack"),
    row("np.transpose({A}, (2, 0, 1))", a="any stack"),
    row("{A}[:, 0, None]", a="any stack"),
    row("{A}[..., 0]", a="any stack"),
    row("np.moveaxis({A}, [0, 1], [-1, 0])", a="any stack"),
    row("np.dsplit({A}, 2)[1]", a="any stack"),
]

JOINED = [
    *rows(
        """
        np.concatenate([{A}, {B}])
        np.concatenate([{A}, {B}], axis={axis})
        np.concatenate(({A}, {B}), axis=None)
        np.stack([{A}, {B}])
        np.stack([{A}, {B}], axis=-1)
        np.vstack([{A}, {B}])
        np.hstack([{A}, {B}])
        np.dstack([{A}, {B}])
        np.column_stack([{A}, {B}])
        np.append({A}, {B})
        np.append({A}, {B}, axis=0)
        np.block([{A}, {B}])
        np.array([{A}, {B}])
        np.array([{A}.ravel()[0], {B}.ravel()[0]])
        np.r_[{A}, {B}]
        np.where({mask}, {A}, {B})
        np.select([{mask}], [{A}], {B})
        np.choose(np.array({mask}).astype(int), [{A}, {B}])
        """,
        a="any array",
    ),
    *rows(
        """
        np.meshgrid({A}, {B})[0]
        np.meshgrid({A}, {B}, indexing="ij")[1]
        np.insert({A}, 1, {B})
        np.insert({A}, [0, 2], {B}[:2])
        """,
        a="any vector",
    ),
    row("np.block([[{A}, {B}], [{B}, {A}]])", a="any matrix"),
    *rows(
        """
        np.take_along_axis({A}, np.array([[0], [0]]), axis=1)
        np.piecewise({A}, [np.array({mask})], [lambda t: t, lambda t: 2 * t])
        """,
        a="any square",
    ),
]

# Assignments: into copies, into arrays that are made for it, in place, at repeated indices, through views.
STORED = [
    *rows(
        """
        {y} = {A}.copy(); {y}[0] = {B}[0]
        {y} = {A}.copy(); {y}[0] += {B}[-1]
        {y} = {A}.copy(); {y}[1:] -= {B}[:-1]
        {y} = {A}.copy(); {y}[{mask}] = 0.0
        {y} = {A}.copy(); {y}[{mask}] *= 2
        {y} = {A}.copy(); {y}[{index}] = 0.0
        {y} = {A}.copy(); {y}[[0, 0, 1]] += 2 * {B}[:1]
        {y} = {A}.copy(); np.add.at({y}, [0, 0, 1], {B}[0])
        {y} = {A}.copy(); np.subtract.at({y}, ([0, 1, 0],), {B}[:1])
        {y} = {A}.copy(); {y}.fill(0.0); {y}[0] = {B}[0]
        {y} = {A} + 0.0; {y} += {B}
        {y} = {A} + 0.0; {y} -= 3 * {B}; {y} *= 2; {y} /= 4
        {y} = np.zeros(np.shape({a})); {y}[...] = {A}; {y}[1:] += {B}[1:]
        {y} = np.zeros_like({a}); {y}[:] = {A}; {y}[::-1] += {B}
        {y} = np.empty_like({a}); {y}[...] = {A}
        {y} = np.empty({a}.shape); np.add({A}, {B}, out={y})
        {y} = np.ones({a}.shape); {y}[...] = 2 * {A}; {y} += {B}
        {y} = np.full({a}.shape, 0.0); {y}[0] = {A}[0]; {y}[1:] = {B}[1:]
        {y} = np.full_like({a}, 0.0); {y} += {A}
        {y} = np.zeros(np.shape({a})); view = {y}[0]; view += {B}[0]
        {y} = {A}.copy(); view = {y}.reshape(-1); view[0] = {B}.ravel()[0] * 2
        {y} = {A}.copy(); view = {y}.T; view += {B}.T
        {y} = {A}.copy(); np.copyto({y}, {B}, where={mask})
        {y} = {A}.copy(); np.copyto({y}[:1], {B}[1])
        {y} = {A}.copy(); np.put({y}, [0, 1], {B}.ravel()[:2])
        {y} = {A}.copy(); np.putmask({y}, {mask}, 2 * {B})
        {y} = {A}.copy(); np.place({y}, np.array({mask}), {B}.ravel())
        {y} = {A}.copy(); np.put_along_axis({y}, np.array({zeros}), 0.0, axis=0)
        {y} = {A}.copy(); {y}.flat[1] = {B}.flat[0]
        {y} = {A}.copy(); {y}.flat = {B}.ravel()
        {y} = {A}.copy(); {y}[0], {y}[1] = {y}[1].copy(), {y}[0].copy()
        {y} = np.add({A}, {B}, where={mask}, out={A}.copy())
        {y} = np.negative({A}, out=np.zeros({a}.shape))
        {y} = np.array({A}, copy=True); {y}[-1] = 0
        {y} = list({A}); {y}[0] = {B}[0] * 2; {y} = np.array({y})
        {y} = [v * 2 for v in {A}]; {y}.append({B}[0]); {y} = np.stack({y})
        {y} = {A}; {y} = {y} + {B}
        {y} = np.zeros((3,) + {a}.shape); {y}[1] = {A}; {y}[[0, 2]] = {B}
        """,
        a="any array",
    ),
    *rows(
        """
        {y} = {a}.copy(); {y} *= {b} => {da} * {b} + {a} * {db}
        {y} = {a}.copy(); {y}[1:] *= {y}[:-1].copy() => {dy} = {da}.copy(); {dy}[1:] = {da}[1:] * {a}[:-1] + {a}[1:] * {da}[:-1]
        {y} = {a}.copy(); np.multiply.at({y}, [0, 0], 2.0) => {dy} = {da}.copy(); {dy}[0] *= 4
        {y} = {a}.copy(); {y} **= 2 => 2 * {a} * {da}
        {y} = {a}.copy(); np.square({y}, out={y}) => 2 * {a} * {da}
        {y} = {a}.copy(); np.exp({y}, {y}) => {y} * {da}
        {y} = {a}.copy(); np.multiply({y}, {b}, out={y}, where={mask}) => np.where({mask}, {da} * {b} + {a} * {db}, {da})
        """,
        a="any array",
    ),
    *rows(
        """
        {y} = {A}.copy(); np.fill_diagonal({y}, 0.0)
        {y} = {A}.copy(); np.fill_diagonal({y}, {B}[0])
        {y} = {A}.copy(); {y}[:, 0] = {B}[:, 1]
        {y} = {A}.copy(); {y}[[0, 1], [1, 0]] = {B}[0, 0]
        {y} = {A}.copy(); {y}[[0, 0], [1, 1]] += {B}[0, 0]
        {y} = {A}.copy(); np.add.at({y}, ([0, 0], [1, 1]), {B}[0, 0])
        {y} = {A}.copy(); {y}[np.triu_indices(2)] = 0.0
        {y} = {A}.copy(); {y}[..., -1] -= {B}[..., 0]
        {y} = {A}.T.copy(); {y}[0] = 2 * {y}[1]
        {y} = np.eye({n}) @ {A}
        {y} = np.identity({n}) * 2.0 @ {A}
        """,
        a="any matrix",
    ),
]

MOVING = [*SHAPES, *JOINED, *STORED]
