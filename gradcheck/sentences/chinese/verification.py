"""The report of `verify`, in Chinese."""

SENTENCES = {
    "title": "网络的验证",
    "name-certified": "区间计算",
    "name-backprop": "反向传播",
    "name-symbolic": "符号推导",
    "name-numeric": "数值差分",
    "name-by-unit": "数值差分（逐单元）",
    "name-direct": "直接求导",
    "name-exact": "精确计算",
    "witness": "：{what}",
    "witness-certified": "代价函数的导数，用约 50 位有效数字计算，并给出每个数的舍入误差的上界",
    "witness-backprop": "reference_nets 用 NumPy 写成的 delta 递推，BP1 至 BP4",
    "witness-symbolic": "由 SymPy 推导的显式公式，编译为 NumPy",
    "witness-numeric": "仅由代价函数的值作复步差分；对大型网络，逐个单元沿一个方向作差分",
    "witness-direct": "SymPy 对整个代价函数表达式求导，不用 delta；最多 {largest} 个参数",
    "witness-exact": "在有限域上比较递推与直接求导，没有舍入误差",
    "the-claim": "论断「{statement}」",
    "claim-recursion": "推导出的递推公式就是代价函数的导数",
    "claim-reference": "参考实现的递推公式就是代价函数的导数",
    "claim-certified": "区间计算的梯度就是代价函数的导数",
    "claim-encloses": "参考实现的递推公式给出区间计算的梯度",
    "means-field": "精确计算，在有 2^61 - 1 个元素的有限域上；错误的公式通过的概率为 {chance:.0e}",
    "means-direct": "用 50 位有效数字并带误差上界计算时，与不用 delta、沿随机方向的直接求导一致",
    "means-encloses": (
        "按其矩阵形式计算 BP1 至 BP4，用 50 位有效数字并带误差上界，激活函数与对数按定义计算，而不按其浮点代码的写法："
        "每个元素都在误差上界之内一致，上界都不超过最大元素的 2^-90"
    ),
    "unbounded": "{left}对比{right}：不知道该处舍入误差会有多大",
    "apart": "{left}对比{right}：相差达到舍入误差允许值的 {largest:.2g} 倍",
    "the-property": "性质 {name}",
    "too-large": (
        "{network} 有 {count:,} 个参数，最多应为 {most:,} 个：每种方法都要检查每一个参数；请减少每层的单元，公式是一样的"
    ),
    "overflows": "在这一点上，{network} 的 {name} 超出 float64 的范围，全程都应为有限的数；请尝试较小的参数和输入",
    "cost": "代价函数",
    "verified": "{count} 个网络中有 {right} 个通过验证：{parameters} 个偏导数。",
    "trouble": "{name}：{verdict}：{trouble}",
    "and-more": "另有 {count} 个",
    "reach": (
        "比较时没有使用任何容差：每个元素与导数的差都不超过为它计算的舍入误差。在 {share} 的元素中，1e-6 "
        "的相对误差可能不会被发现。"
    ),
    "reach-kink": (
        "比较时没有使用任何容差：每个元素与导数的差都不超过为它计算的舍入误差，或在不可导点处取某个次梯度的值。"
        "在 {share} 的元素中，1e-6 的相对误差可能不会被发现。"
    ),
    "reach-others": (
        "比较时没有使用任何容差：在其余的网络中，每个元素与导数的差都不超过为它计算的舍入误差。"
        "在其中 {share} 的元素中，1e-6 的相对误差可能不会被发现。"
    ),
    "reach-others-kink": (
        "比较时没有使用任何容差：在其余的网络中，每个元素与导数的差都不超过为它计算的舍入误差，"
        "或在不可导点处取某个次梯度的值。在其中 {share} 的元素中，1e-6 的相对误差可能不会被发现。"
    ),
    "percent": "{percent}%",
    "next-to-none": "不到 0.01%",
    "share": "{passed}/{count}",
    "networks": "网络",
    "witnesses": "各种方法",
    "claims": "每个论断是怎样确立的",
    "pairs": "各种方法两两比较",
    "figures": "已发表的数值",
    "each": "逐个网络",
    "column-network": "网络",
    "column-verdict": "结论",
    "column-points": "点数",
    "column-P": "P",
    "column-excess": "误差/舍入误差",
    "column-detectable": "可检出误差",
    "column-properties": "性质",
    "column-claim": "论断",
    "column-means": "依据",
    "column-networks": "网络数",
    "column-witness": "方法",
    "column-against": "对比",
    "column-difference": "差/舍入误差",
    "column-property": "性质",
    "column-figure": "数值",
    "column-printed": "发表的值",
    "column-exact": "精确值",
    "column-cause": "得出所发表数字的原因",
    "overview-caption": (
        "点数：一个随机点，以及预设网络自带的点；P：参数个数；误差/舍入误差：反向传播的最大误差，以舍入误差的允许值为单位；"
        "可检出误差：在每个元素中都能被发现的最小相对误差；性质：适用的性质中成立的个数"
    ),
    "pairs-caption": "所有网络的所有元素中最大的差，以舍入误差的允许值为单位：1 就是上限",
    "canonical": "规范写法：",
    "seconds": "；{seconds:.2f} 秒。",
    "recomputed": (
        "教科书和课程中发表的 {count} 个数值，从所发表的小数重新计算：{match} 个每一位都正确，"
        "{rounded} 个除作者的 float64 舍入误差外正确，{explained} 个因某种恰好给出这些数字的错误而不正确，"
        "{unexplained} 个未能解释。"
    ),
    "standing-match": "一致",
    "standing-rounded": "舍入误差",
    "standing-explained": "错误已找到原因",
    "standing-unexplained": "未能解释",
    "figure-after": "{figure}，{steps} 步之后",
    "rounding": "舍入误差",
    "mistakes": "{names}",
    "misprint": "{names}；多印了一位数字：{misprint}",
    "fault": "这是检查程序自身的问题：各种方法对 {name} 的结果互相矛盾，{trouble}；请报告此问题",
    "fault-and-more": (
        "这是检查程序自身的问题：各种方法对 {name} 的结果互相矛盾（另有 {count} 个网络），{trouble}；请报告此问题"
    ),
    "lost-digits": "损失了有效数字：见标为精度损失的网络",
    "certificate": "证书已写入 {path}；可用 gradcheck recheck 再次检查",
}
