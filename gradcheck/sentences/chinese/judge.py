"""What the judge says of one quantity of a gradient, in Chinese."""

SENTENCES = {
    "verdict-match": "一致",
    "verdict-kink": "不可导点",
    "verdict-inaccurate": "精度损失",
    "verdict-inconclusive": "无法判定",
    "verdict-skipped": "未检查",
    "verdict-error": "出错",
    "verdict-mismatch": "不一致",
    "the-gradient-match": "梯度正确：每个元素的误差都在正确实现的舍入误差之内。",
    "the-gradient-kink": "对某一个次梯度的取法，梯度是正确的；函数在此处不可导。",
    "the-gradient-inaccurate": "公式正确，但损失了有效数字。",
    "the-gradient-inconclusive": "检查无法作出判断。",
    "the-gradient-skipped": "没有检查任何内容。",
    "the-gradient-error": "检查未能运行到得出结果。",
    "the-gradient-mismatch": "梯度是错误的。",
    "wrong": (
        "{name} 为 {got:.12g}，而真正的导数是 {expected:.12g}：相差 {error:.1e}，舍入误差最多只能解释 {budget:.1e}",
        "{name} 为 {got:.12g}，而真正的导数是 {expected:.12g}：相差 {error:.1e}，舍入误差最多只能解释 {budget:.1e}；"
        "{size} 个元素中有 {count} 个是错误的",
    ),
    "within": "每个元素与导数的差都不超过舍入误差；差得最多的是 {name}，误差 {error:.1e}，舍入误差可以解释 {budget:.1e}",
    "unbounded": "不知道在这一点上舍入误差会使 {name} 偏离多远：{why}",
    "overflow": "计算过程中的数值溢出",
    "kinked": "逐个来看，每个元素对 [0, 1] 中某一个次梯度的取法都是正确的",
    "kinked-together": "对 [0, 1] 中同一组次梯度的取法，所有元素都是正确的；不可导点：{kinks}",
    "kinked-open": (
        "逐个来看，每个元素对某一个次梯度的取法都是正确的；是否有一种取法使它们同时正确，尚不能确定："
        "组合多于 {most} 种；不可导点：{kinks}"
    ),
    "kinked-apart": (
        "{name} 为 {got:.12g}：与其他元素放在一起，[0, 1] 中没有任何次梯度的取法能得到这个值；"
        "最接近所有元素的那种取法，在此处给出 {expected:.12g}；不可导点：{kinks}"
    ),
    "unit": "第 {layer} 层第 {unit} 个单元（第 {example} 个样本）",
    "places": "{names:;}",
    "places-and-more": "{names:;}；另有 {count} 处",
    "hidden": (
        "在这一点上，舍入误差可达最大元素的 {detectable:.1g} 倍：{visible:.0%} 的误差也不会被发现，"
        "而且无法改用 50 位有效数字来比较公式：{why}；可以尝试使梯度在反向传播中不消失的权重、float64，或只使用 NumPy 的代码"
    ),
    "inaccurate": "公式正确，但损失了有效数字：{lost}",
    "few-digits": "误差最大的元素只剩 {digits:.0f} 位有效数字；请检查是否有两个相近的数相减",
    "short-digits": "只剩 {digits:.0f} 位有效数字，正是 {format} 所能容纳的位数；请用 float64 计算",
    "short-hides": "{format} 的舍入在这里只留下极少的有效数字，看不出公式是否正确；请用 float64 计算",
    "no-short-digits": "{format} 在这里没有留下任何有效数字；请用 float64 计算",
    "noise": "数值在相邻各点之间随机变化，剩下的有效数字太少，看不出公式是否正确；请检查是否有两个相近的数相减",
    "unsearched-size": "没有搜索是哪一种错误：网络的参数太多，无法逐一尝试错误目录",
    "unsearched-unconfirmed": "没有说明是哪一种错误：网络太宽，无法证实在其较窄的一部分中所发现的错误",
    "unsearched-several": (
        "对错误的搜索到达上限而结束：尝试了 {of} 种单个错误中的 {tried} 种；"
        "单个错误都已尝试，多个错误的组合只尝试了一部分"
    ),
    "unsearched-single": "对错误的搜索到达上限而结束：尝试了 {of} 种单个错误中的 {tried} 种",
    "title": "{subject} 的梯度检查",
    "first-line": "{verdict}：{subject}。{sentence}",
    "line": "{name}：{words}",
    "mistake": "{name}：{words}（吻合到 {digits:.0f} 位有效数字）",
    "mistake-alike": "{name}：{words}（吻合到 {digits:.0f} 位有效数字；同样的数值也可能来自 {others:or}）",
    "mistake-in-part": "{name}：{words}（有些数值仍未得到解释）",
    "mistake-in-part-alike": "{name}：{words}（有些数值仍未得到解释；同样的数值也可能来自 {others:or}）",
    "more": "另有 {count} 条",
    "quantities": "各个量",
    "behaviour": "行为",
    "column-check": "检查项",
    "column-verdict": "结论",
    "column-seen": "观察到的情况",
    "column-quantity": "量",
    "column-shape": "形状",
    "column-error": "误差",
    "column-budget": "舍入误差",
    "column-detectable": "可检出误差",
    "column-where": "位置",
    "caption": (
        "误差：最大的一个，旁边是该处仅由舍入误差就能解释的大小，二者都是绝对值；"
        "可检出误差：能够被发现的最小误差，相对于最大的元素"
    ),
    "check-interface": "接口",
    "check-inputs-unchanged": "输入保持不变",
    "check-determinism": "确定性",
    "check-adjoint-identity": "伴随恒等式",
    "check-no-state": "不留状态",
    "mistake-at": "{words}；{file} 第 {line} 行",
}
