"""The words of the packages below `gradcheck` (`reports.words`), by their English template, in Chinese."""

SENTENCES = {
    # a network's notation
    "{problem}\n    {text}\n    {place}^\nallowed here: {allowed}": (
        "{problem}\n    {text}\n    {place}^\n这里可以写：{allowed}"
    ),
    "{names}": "{names}",
    "size {index} of {text} is {size}, expected a whole number from 1 to {most}": (
        "{text} 的第 {index} 个大小是 {size}，应为 1 到 {most} 的整数"
    ),
    "{sizes} sizes with {activations} activations: expected at least an input and an output size, and one "
    "activation for each size after the input": (
        "{sizes} 个大小配 {activations} 个激活函数：至少要有输入层和输出层的大小，并且输入层之后每个大小各有一个激活函数"
    ),
    "{text}: {problem}": "{text}：{problem}",
    "l2 is {l2}, expected a finite number >= 0": "l2 是 {l2}，应为不小于 0 的有限数",
    "expected a notation such as '3-4:tanh-2', got {type}": "应为 '3-4:tanh-2' 这样的记法，得到的是 {type}",
    "{cost} takes logarithms of probabilities: it needs {allowed:or} outputs, not {activation}": (
        "{cost} 对概率取对数：输出层需要 {allowed:or}，而不是 {activation}"
    ),
    "softmax needs at least two outputs (over a single one it is always 1)": "softmax 至少需要两个输出（只有一个时它恒为 1）",
    "unknown activation {name}, expected one of {activations}": "未知的激活函数 {name}，应为 {activations} 之一",
    "softmax in layer {layer}: it belongs to the output layer only": "第 {layer} 层用了 softmax：它只能用在输出层",
    "unknown cost {cost}, expected one of {costs}": "未知的代价函数 {cost}，应为 {costs} 之一",
    "a network needs an input and an output size": "一个网络需要输入层和输出层的大小",
    "'-' and the size of the next layer, as in 2-1": "'-' 和下一层的大小，如 2-1",
    "softmax belongs to the output layer only": "softmax 只能用在输出层",
    "a size of 2 or more, or another activation": "2 或更大的大小，或另一个激活函数",
    "after '+' only l2, l2b and nobias may stand": "'+' 之后只能写 l2、l2b 和 nobias",
    "an option is named twice": "同一个选项写了两次",
    "l2=NUMBER, l2b=NUMBER (the biases in it, too) or nobias, each once, as in +nobias+l2=0.01": (
        "l2=数、l2b=数（正则项也包含偏置）或 nobias，各至多一次，如 +nobias+l2=0.01"
    ),
    "{factor} is no L2 factor": "{factor} 不是 L2 系数",
    "a finite number >= 0, as in +l2=0.01": "不小于 0 的有限数，如 +l2=0.01",
    "unknown cost {name}": "未知的代价函数 {name}",
    "{size} is no layer size": "{size} 不是层的大小",
    "a layer size is missing": "缺少一层的大小",
    "a whole number from 1 to {most}": "1 到 {most} 的整数",
    "the input layer has no activation": "输入层没有激活函数",
    "'-' and the next layer's size": "'-' 和下一层的大小",
    "unknown activation {name}": "未知的激活函数 {name}",
    "{text} is neither a preset nor a notation{guess}": "{text} 既不是预设的名字，也不是网络的记法{guess}",
    "; did you mean {name}?": "；是想写 {name} 吗？",
    "a notation begins with the number of inputs, as 2-3-1": "记法以输入的个数开头，如 2-3-1",
    "{words}\npresets: {names}\n{start}": "{words}\n预设：{names}\n{start}",
    # a point
    "the parameter {key} is missing; {spec} has {keys}": "缺少参数 {key}；{spec} 有 {keys}",
    "x has shape {shape}, expected (m, {inputs}): one row an example, as {spec} has it": (
        "x 的形状是 {shape}，应为 (m, {inputs})：每个样本一行，如 {spec} 所要求"
    ),
    "x has shape {shape}: a batch needs at least one example": "x 的形状是 {shape}：一批至少要有一个样本",
    "y has shape {shape}, expected {expected}: one row an example, one column an output": (
        "y 的形状是 {shape}，应为 {expected}：每个样本一行，每个输出一列"
    ),
    "; did you store the transpose?": "；保存的是不是转置？",
    "{key} has shape {got}, expected {expected} = {meaning}{guess}": "{key} 的形状是 {got}，应为 {expected} = {meaning}{guess}",
    "{name} holds {dtype}, expected floats; try {name}.astype(float)": (
        "{name} 中是 {dtype}，应为浮点数；试试 {name}.astype(float)"
    ),
    "{name}[{where}] is {value}, expected a finite number": "{name}[{where}] 是 {value}，应为有限的数",
    "y has {y}, expected targets from 0 to 1: the cost is bce": "y 中有 {y}，目标值应在 0 到 1 之间：代价函数是 bce",
    "row {row} of y sums to {total:.6g}, expected 1: the cost is cross_entropy, whose targets are probabilities": (
        "y 的第 {row} 行之和是 {total:.6g}，应为 1：代价函数是 cross_entropy，它的目标值是概率"
    ),
    # a file to be written
    "{path} is a directory; name a file in it": "{path} 是一个目录；请写出其中一个文件的名字",
    "cannot write {path}: it is write-protected; choose another name": "无法写入 {path}：它有写保护；请换一个名字",
    "cannot write {path}: it is a link to itself; choose another name": "无法写入 {path}：它是指向自己的链接；请换一个名字",
    "cannot write {path}: {place} is a file, no directory; choose another place": (
        "无法写入 {path}：{place} 是文件，不是目录；请换一个位置"
    ),
    "it is not open for writing": "它没有为写入而打开",
    "cannot write {path}: {reason}; choose another place": "无法写入 {path}：{reason}；请换一个位置",
    "the suffix {suffix}": "后缀 {suffix}",
    "no suffix": "没有后缀",
    "{path} has {what}, expected one of {known}; or name the format": (
        "{path} 的后缀不对（{what}），应为 {known} 之一；也可以指明格式"
    ),
    "there is no format {name}, expected one of {formats}": "没有格式 {name}，应为 {formats} 之一",
}
