"""What differences say, and the word of the second witness. In Chinese."""

SENTENCES = {
    "h-vanishes": "h = {step} 与元素 {value} 相比小到消失了；请用更大的 h",
    "h": "h 是 {h}，应为大于 0 的有限数",
    "holds": "{name} 中是 {dtype}，应为浮点数；请试试 {name}.astype(float)",
    "try-central": "f 不是为复数编写的；请试试 central_difference",
    "dropped-imaginary": "f 在途中丢掉了虚部（{error}）：{hint}",
    "failed-on-complex": "f 在复数上失败了（{error}）：{hint}",
    "real-for-complex": "f 对复数 x 返回了实数 {result}，虚部丢失了：{hint}",
    "complex-for-real": "f 对实数 x 返回了复数 {result}，应为实数；请试试 f(x).real",
    "array-for-number": "f 返回了形状为 {shape} 的数组，应为一个数；请一次对一个输出做差分，或对它们的加权和做差分",
    "no-number": "f 返回了 {result}，应为一个数",
    "kink-apart": "不可导点：每个元素都在{method}在其周围看到的斜率之间，但不能全部同时成立",
    "kink": "不可导点：各元素都在{method}在其周围看到的斜率之间",
    "no-entries": "没有元素",
    "mismatch": "{entry} 是 {got:.12g}，{method}给出 {expected:.12g}，误差为 {error:.1e}",
    "cannot-tell": "{method}无法判断：{entry} 相差 {error:.1e}，而其自身误差为 {own:.1e}",
    "within": "每个元素的差别都不超过{method}的估计误差",
    "second-nothing": "独立核对：无法得出结论，因为{why}",
    "second-no-slope": "同样没有发现斜率",
    "second-agrees": "与其一致到 {digits} 位数字",
    "second": "独立核对：沿一个随机方向的差商{far}",
    "range": "{low:.12g} .. {high:.12g}",
    "contradiction": (
        "沿一个随机方向，经证明的导数是 {certified}，而用函数自身的值做差分得到 {slope:.12g} +- {error:.1e}：检查工具自身"
        "的两个依据互相矛盾；请连同该函数一起报告此问题"
    ),
    "why-noise": "其自身的误差与导数一样大",
    "why-kink": "沿这条直线，函数有一个近到浮点数无法分辨的不可导点",
    "why-jump": "函数在这一点有跳跃",
    "why-steps": "在浮点数上函数呈阶梯状，或在每种步长下都不同",
    "why-state": "函数在相同的调用中给出不同的值",
    "why-no-values": "函数在这一点旁边不给出有限数",
    "why-decisions": "函数只通过比较依赖于某些元素，其步长比浮点数所能显示的更细",
    "why-another-way": "用带误差界的数运行时，代码走了与浮点数不同的路径",
    "why-not-asked": "没有需要核对的、经证明的结论",
}
