"""The verdicts in Chinese."""

SENTENCES = {
    "match": "一致",
    "kink": "不可导点",
    "inaccurate": "精度损失",
    "inconclusive": "无法判定",
    "skipped": "未检查",
    "error": "出错",
    "mismatch": "不一致",
    "the-gradient-match": "梯度正确：每个元素的误差都在正确实现的舍入误差之内。",
    "the-gradient-kink": "对某一个次梯度的取法，梯度是正确的；函数在此处不可导。",
    "the-gradient-inaccurate": "公式正确，但损失了有效数字。",
    "the-gradient-inconclusive": "检查无法作出判断。",
    "the-gradient-skipped": "没有检查任何内容。",
    "the-gradient-error": "检查未能运行到得出结果。",
    "the-gradient-mismatch": "梯度是错误的。",
}
