"""A case to work through by hand, in Chinese."""

SENTENCES = {
    "network": "能看出错误的最小例子：网络 ",
    "given": "，{examples}：{given}。",
    "comes-out": "正确的是 {name} = {right}，你的是 {yours}。",
    "forward": "前向计算：",
    "forward-same": "前向计算（你的结果与此相同）：",
    "examples": ("一个样本", "{count} 个样本"),
    "all-weights": "所有权重为 {value}",
    "all-biases": "所有偏置为 {value}",
    "learning-rate": "学习率为 {value}",
    "line": "逐行计算",
    "line-back": "反向逐行计算",
    "right": "正确值",
    "yours": "你的值",
    "same": "相同",
    "arrow": "◀ 是第一处不同",
    "captions": "{captions:;}",
    "sum-of-examples": "Σₑ 表示对样本求和，前向计算和 δ 中每个数对应一个样本",
    "nudge": (
        "不信可以自己试：把 {parameter} 分别增加和减少 {step}，只做前向计算，"
        "代价的变化率是 ({above} - {below}) / {twice} = {quotient}。这与 {right} 相符，与 {yours} 不符。"
    ),
    "nudge-own": (
        "不信可以自己试：把 {parameter} 分别增加和减少 {step}，调用你自己的代价函数，"
        "得到 ({above} - {below}) / {twice} = {quotient}。这与 {right} 相符，与 {yours} 不符。"
    ),
    "paste": "用代码验证，可直接粘贴：",
    "picture": "画成网络：单元里是数值，连线上是权重，下面是 δ；红色是你的值",
    "drawing": "{before}{told}{after}",
    "picture-told": "前向：{forward}；反向的正确值：{back}；你的错误值：{wrong}",
    "fixed": "没有可以手算的小例子：这份代码只接受网络 {network}，其中的数太多，无法手算。",
    "hidden": "没有可以手算的小例子：在试过的数值简单的小网络上，这个错误都不明显。",
}
