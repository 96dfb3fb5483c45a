"""What is wrong with numbers that were handed over. In Chinese."""

SENTENCES = {
    "is-none": "是 None，应为数值数组",
    "no-numbers": "不是数值数组：{error}",
    "complex": "中是 {dtype}，应为实的浮点数：请取实部或模，视含义而定",
    "structured": "是带有字段 {fields} 的结构化数组，应为实数；请使用 dict",
    "dtype": "的 dtype 是 {dtype}，应为实的浮点数",
    "masked": "在 {where} 处被屏蔽：请先填充，例如用 np.ma.filled(..., 0)",
    "objects": "是由 Python 对象组成的数组，其中有 {described}{where}，应为实数",
    "holds": "{name} 中是 {dtype}，应为实数（float64 或 float32）",
    "holds-not-finite": "{name} 中有不是有限的数；梯度只在有限的点上检查",
    "y-shape": "y 的形状是 {shape}，应为 ({examples}, {outputs})：每个输出一列（one-hot）",
    "takes-floats": "{library} 只接受浮点数；用 NumPy 写成的同一公式可以被跟踪",
    "computes-in": "{library} 在这里以 {dtype} 计算，不支持复数",
    "formula-gives": "formula 在 x 处给出 {expected}，函数给出 {value}：它们不是同一个函数",
    "its-one-entry": "它唯一的元素",
    "at": "（位于 {index}）",
    "a-type": "{type}",
    "an-integer": "整数",
    "part": "{name} {problem}",
    "no-array": "x 中没有数组：没有可以求导的变量",
}
