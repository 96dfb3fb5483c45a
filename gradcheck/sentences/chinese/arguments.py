"""What is wrong with what `check_grad` was handed. In Chinese."""

SENTENCES = {
    "as-float64": "{leaf}：以 float64 交给代码",
    "f-fails": "当 {told} 是浮点数的 NumPy 数组时，f 会失败（{error}）：{advice}{labels}",
    "other-value": "当 {told} 是浮点数的 NumPy 数组时，f 给出另一个值：{advice}",
    "plain-floats": "请传入普通的浮点数组",
    "by-adapter": "请用 check_grad(*{adapter}(f), x)，其中 x 为 NumPy 数组",
    "labels": "；不求导的量（标签、大小）应放在函数里，而不是放在 x 里",
    "first-the-cost": "；在这 {count} 个部分中，第一个是代价吗？如果是，请检查 lambda x: f(x)[0]",
    "returned-none": "f 返回了 None，应为一个数或一个数组：是不是漏写了 return？",
    "returned-nothing": "f 什么也没有返回，应为一个数或一个数组",
    "a-truth-value": "{name} 是真值，应为实数{advice}",
    "grad-is": "grad 是 {type}，应为一个返回梯度的函数",
    "grad-needs-more": (
        "f 返回了一个数，而 grad 不能只用 x 来调用；接收上游梯度（cotangent）的反向传播请用 check_vjp 检查，其余参数请用 "
        "functools.partial 绑定"
    ),
    "returned-a-tuple": (
        "f 返回了由 {count} 个部分组成的元组，而 grad 只接收 x：如果第一个是代价，请检查 lambda x: f(x)[0]；如果第二个是"
        "梯度，请用 f_and_grad=True 和 grad=None"
    ),
    "returned-an-array": (
        "f 返回了形状为 {shapes} 的数组，而 grad 只接收 x，此时 f 应返回一个数：把它求和成代价；或者给 grad 第二个参数，"
        "即上游梯度 v（此时它返回 sum(v * f(x)) 的梯度），或者用 jacobian=True"
    ),
    "method": "method 是 {method}，应为 {expected:or}",
    "either": "请给出 f 和 grad，或者给出一个函数并用 f_and_grad=True 和 grad=None",
    "a-pair": "f_and_grad=True 时 f 返回 (value, gradient)，得到的却是 {type}",
    "jacobian-one-array": "jacobian=True 需要一个返回单个数组的函数",
    "no-entries": "函数返回的形状是 {shape}，没有元素：没有可以求导的量",
    "list-of-numbers": "x（由数组成的列表）",
    "holds": "{name} 中是 {held}，应为实数（float64 或 float32）；请试试 {name}.astype(float)",
    "f-is": "f 是 {type}，应为 x 的函数",
    "in-f-of-x": "{name} {problem}{advice}",
}
