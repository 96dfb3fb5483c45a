"""推导报告的中文文字。"""

PROSE = {
    # title and result
    "title": "网络 {network} 的反向传播推导",
    "result.proven": "**已证明。** 对全部 {count} 个参数，下面的递推公式就是代价函数的偏导数。证明方法：{method}。",
    "result.tested": "**已检验，未证明。** 对全部 {count} 个参数，下面的递推公式通过了精确的恒等检验。检验方法："
    "{method}。",
    "result.refuted": "**已否定。** 下面的递推公式不是代价函数的导数。从输出层往回数，第一个出错的量是 {quantity}。",
    "result.lines": "文中 {lines} 个等式都在排印之前按排印的样子逐一求值核对过。",
    "method.expansion": "每条规则作为引理证明，并把整个网络展开验证",
    "method.induction": "每条规则作为引理证明，再从输出层逐层往回归纳",
    "method.field": "在素域的一个随机点上作精确运算",
    "method.agreement": "在若干随机点上用严格的区间包围，两者相交",
    "method.balls": "在一个随机点上用严格的区间包围，两者不相交",
    # 1 notation
    "notation.title": "1 记号与网络结构",
    "notation.network": "这个网络有 {inputs} 个输入、{layers} 个带权重的层，共 {parameters} 个参数。信号从输入向前"
    "传到代价，误差沿同样的连线向后传回。",
    "notation.network-one": "这个网络有 {inputs} 个输入，只有一个带权重的层，共 {parameters} 个参数，没有隐藏层。"
    "信号从输入向前传到代价，误差沿同样的连线向后传回。",
    "notation.figure": "向前的是信号，向后的是误差。{elided}",
    "notation.figure-elided": "较宽的层只画出开头和末尾的单元。",
    "notation.symbol": "记号",
    "notation.meaning": "含义",
    "notation.size": "大小",
    "notation.x": "一个样本的输入",
    "notation.y": "一个样本的目标值",
    "notation.W": "第 {layer} 层的权重：行号为去向，列号为来源",
    "notation.b": "第 {layer} 层的偏置",
    "notation.z": "第 {layer} 层的加权输入",
    "notation.a": "第 {layer} 层的激活值，激活函数为 {activation}",
    "notation.a-output": "输出，激活函数为 {activation}",
    "notation.delta": "第 {layer} 层的误差",
    "notation.c": "一个样本的代价",
    "notation.C": "整批样本的代价",
    "notation.m": "一批中的样本数",
    "notation.lam": "l2 惩罚的强度，这里为 {value}",
    "notation.layer": "右上角的数字表示层，不是乘方；乘方一律写在括号外面，如 {power}。",
    "notation.index": "下标与板书一致，从 1 数起，先写去向，后写来源；程序中的下标从 0 数起：{weight} 就是 {code}。",
    "notation.example": "{names} 都属于某一个样本 {e}；{sum} 表示对一批中的 {m} 个样本求和。取平均的 1/m 已含在代"
    "价里，因而也含在 {delta} 里。",
    "notation.error": "单元的误差 {delta} 就是代价对该单元加权输入的偏导数：{definition}。",
    "notation.hadamard": "{sign} 表示逐元素相乘。",
    # 2 forward
    "forward.title": "2 前向传播",
    "forward.layer": "第 {layer} 层",
    "forward.layer-output": "第 {layer} 层（输出层）",
    "forward.affine": "每个单元把各个输入乘以相应的权重后相加，再加上自己的偏置。对单元 {j} 和对整层分别写作：",
    "forward.affine+nobias": "每个单元把各个输入乘以相应的权重后相加；这里没有偏置。对单元 {j} 和对整层分别写作：",
    "forward.affine-entries": "逐个单元写出：",
    "forward.activation": "然后每个单元施加激活函数：",
    "forward.activation-identity": "激活函数是恒等函数：{a} 就是 {z}。",
    "forward.softmax": "softmax 把加权输入变成概率：每个输出都是正数，总和为 1。每个输出都依赖于所有的加权输入。",
    "forward.definition": "激活函数及其导数如下，其中 {a} 表示函数值：",
    "forward.kink": "函数在 {kink} 处有一个折点，导数不存在。这里与 PyTorch、TensorFlow 一样，约定取左导数。",
    # 3 cost
    "cost.title": "3 代价函数",
    "cost.quadratic": "输出错得有多厉害？对一个样本，取它与目标值之差的平方和的一半：",
    "cost.mse": "输出错得有多厉害？对一个样本，取它与目标值之差的平方在各输出上的平均：",
    "cost.bce": "输出错得有多厉害？对一个样本，每个输出各自回答一个是非问题，取输出赋予目标值的概率的负对数：",
    "cost.cross_entropy": "输出错得有多厉害？对一个样本，取输出赋予正确类别的概率的负对数：",
    "cost.huber": "输出错得有多厉害？对一个样本，对每个差值取 Huber 函数：离目标近时是平方，离目标远时是直线：",
    "cost.other": "输出错得有多厉害？对一个样本：",
    "cost.batch": "整批的代价是 {m} 个样本的平均：",
    "cost.l2": "再加上对较大权重的惩罚（不含偏置）。它与数据无关，不参与平均：",
    "cost.l2+l2b": "再加上对较大的权重和偏置的惩罚。它与数据无关，不参与平均：",
    "cost.l2+nobias": "再加上对较大权重的惩罚。它与数据无关，不参与平均：",
    "cost.goal": "训练要为每个参数求一个数：只让这个参数稍稍变动，{C} 会怎样变化？",
    # 4 games
    "games.title": "4 谁能直接听到误差",
    "games.two": "设想一个两人猜数游戏。**戴黄帽子**的人是输出单元，他听到提示 {x}，报出猜测 {a}；**戴蓝帽子**的人"
    "是误差，他说出猜测偏了多少。全部参数都处在提示与黄帽子之间，蓝帽子的话直接告诉它们该怎样调整：沿着代价的坡度"
    "往下走。只用梯度下降就够了。",
    "games.two-logistic": "这就是逻辑回归。",
    "games.two-softmax": "这就是 softmax 回归。",
    "games.three": "先设想两人猜数游戏：**戴黄帽子**的人听提示、报猜测，**戴蓝帽子**的人说出猜测偏了多少，两人之间"
    "的参数直接从中学习。现在提示与黄帽子之间站了一个**女孩**，她就是隐藏层。女孩听到提示，再把自己的理解转告黄帽"
    "子。蓝帽子只对黄帽子说话，从来没有人告诉女孩她本该说什么。",
    "games.three-how": "女孩的参数仍然能够学习。黄帽子知道女孩的每句话对自己的猜测影响有多大，那正是这句话上的权重。"
    "于是黄帽子把责任按权重传回给女孩，女孩再乘以自己当时的灵敏程度。把责任往回传就是反向传播，这份责任就是 "
    "{delta}。",
    "games.table": "各层参数离代价有多远。",
    "games.layer": "层",
    "games.links": "从一个权重到代价的环节数",
    "games.paths": "从一个权重到代价的路径数",
    "games.sees": "怎样得知误差",
    "games.directly": "直接",
    "games.indirectly": "经由第 {layer} 层",
    # 5 chain rule
    "chain.title": "5 沿每条路径的链式法则",
    "chain.start": "取一个权重 {weight}（程序中为 {code}），让它稍稍变动。这个变动沿着每一条通向代价的路径传过去："
    "同一条路径上各环节的导数相乘，不同路径的结果相加。",
    "chain.count-one": "从 {weight} 到代价只有一条路径：",
    "chain.count": "从 {weight} 到代价共有 {count} 条路径：",
    "chain.count-some": "从 {weight} 到代价共有 {count} 条路径，前 {shown} 条是：",
    "chain.path": "路径 {number}：{path}",
    "chain.too-many": "没有人愿意写出 {count} 个乘积，其实也不必写。",
    "chain.sum": "相加，并把各路径共有的因子提到括号外面：",
    "chain.sum-one": "于是对这个权重有：",
    "chain.sum-many": "它们都经过同一个单元的加权输入，在它之后的部分合成一个因子：",
    "chain.penalty": "最后一项来自惩罚：它从另一条路到达这个权重。",
    "chain.observe": "去掉最后一个因子，看看剩下的是什么。它与变动的是该单元的哪一个权重无关：**对该单元的每个权重"
    "和偏置求导，都会出现同一个因子**。给它起一个名字，叫做误差 δ；它就是代价对该单元加权输入的偏导数。",
    "chain.observe+nobias": "去掉最后一个因子，看看剩下的是什么。它与变动的是该单元的哪一个权重无关：**对该单元的每个权重"
    "求导，都会出现同一个因子**。给它起一个名字，叫做误差 δ；它就是代价对该单元加权输入的偏导数。",
    "chain.reuse": "有了 δ，该单元的每个参数只需再做一次乘法：",
    "chain.saved": "而一层的 δ 又由后一层的 δ 得到：总共 {deltas} 个 δ，每个只算一次，不必去走第一层各权重的 "
    "{paths} 条路径。",
    # 6 BP1
    "bp1.title": "6 BP1：输出层的误差",
    "bp1.start": "输出单元的 δ 表示代价随该单元的加权输入怎样变化。",
    "bp1.chain": "一个环节是代价，一个环节是激活函数：",
    "bp1.cost-derivative": "代价这一环，直接求导得：",
    "bp1.slope": "激活函数这一环：",
    "bp1.product": "两者相乘：",
    "bp1.identity": "恒等函数的导数为 1，只剩下误差本身：",
    "bp1.sigmoid-bce": "代价与激活函数正好相配：sigmoid 的导数与代价的分母约去。输出即使饱和，只要错了，仍能全速学"
    "习：",
    "bp1.sigmoid-cross-entropy": "输出约去，剩下的是 1 减去输出：",
    "bp1.softmax-chain": "softmax 的每个输出都依赖于这个加权输入，所以每个输出都是一个环节：",
    "bp1.jacobian": "softmax 的全部环节就是它的雅可比矩阵：对角线上是输出对自己的加权输入求导，其余是对别的加权输"
    "入求导：",
    "bp1.softmax": "记 {g} 为代价这一环，{s} 为全部 {product} 之和，则",
    "bp1.softmax-insert": "代入两个环节，约去分子分母中相同的因子，再合并：",
    "bp1.softmax-cross-entropy": "一个样本的目标值是概率，总和为 1。代价与激活函数正好相配：",
    "bp1.softmax-bce": "乘开以后，不再出现两个相近的数相减。其中 {q} 是其余输出之和，也就是 1 减去该输出；只对一部"
    "分加权输入作的 softmax 表示在这一部分中所占的份额：",
    "bp1.all": "对所有输出写出：",
    "bp1.rule": "一般地，",
    "bp1.helpers": "其中",
    # 7 BP2
    "bp2.title": "7 BP2：误差往回传一层",
    "bp2.none": "这个网络没有隐藏层，误差不必再往回传。",
    "bp2.start": "隐藏单元没有目标值。它的误差就是它对后一层各个误差的贡献：后一层的每个误差乘以通往那里的权重，相"
    "加之后再乘以自己的导数。所用的矩阵就是前向传播的权重矩阵，只是转置了：按列来读。",
    "bp2.layer": "从第 {above} 层到第 {layer} 层",
    "bp2.sizes": "{W} 是 {rows} × {columns} 矩阵，它的转置是 {columns} × {rows} 矩阵，由后一层的 {rows} 个误差得到"
    "前一层的 {columns} 个。",
    "bp2.entries": "逐个单元写出：",
    "bp2.slope": "导数可以由前向传播留下的激活值算出：{slope}。",
    # 8 BP3, BP4
    "bp34.title": "8 BP3 与 BP4：参数的偏导数",
    "bp34.title+nobias": "8 BP4：参数的偏导数",
    "bp34.bias": "加权输入对自己的偏置的导数为 1。一批中的每个样本都有贡献：",
    "bp34.weight": "加权输入对某个权重的导数，就是从这个权重流入的量。所以偏导数等于流入的激活值乘以流出一端的误差。",
    "bp34.weight+nobias": "加权输入对某个权重的导数，就是从这个权重流入的量。所以偏导数等于流入的激活值乘以流出一端的误差，"
    "一批中的每个样本都有贡献。这里没有偏置，也就没有 BP3。",
    "bp34.average": "对样本的平均已含在 δ 里：各样本的误差只需相加，不再平均。",
    "bp34.l2": "惩罚给每个权重的偏导数加上 {term}，每批只加一次；偏置没有这一项。",
    "bp34.l2+l2b": "惩罚给每个权重的偏导数加上 {term}，给每个偏置的偏导数加上 λ 乘以该偏置，每批只加一次。",
    "bp34.l2+nobias": "惩罚给每个权重的偏导数加上 {term}，每批只加一次。",
    "bp34.code": "整个递推用 NumPy 写出来，一行是一个样本：",
    # 9 closed forms
    "closed.title": "9 全部偏导数",
    "closed.start": "共 {count} 个，用前向传播的各个量和 δ 表示。",
    "closed.some": "共 {count} 个，每层只列出最前和最后的几个；JSON 报告里列有全部。",
    "closed.left-out": "共 {count} 个，每层只列出最前和最后的几个（JSON 报告也是如此）；其余的公式相同，只是下标不同。",
    "closed.layer": "第 {layer} 层",
    "closed.expanded": "用 x、W、b 完全写开",
    "closed.expanded+nobias": "用 x、W 完全写开",
    "closed.expanded-start": "把每个记号都换成它所代表的式子。比较一下长度，就知道递推省去了什么。",
    "closed.expanded-one": "这里只写出其中一个。最长的一个有 {longest} 个符号，全部合计 {together} 个；用 "
    "`--expand` 可以全部写出，以合计 {limit} 个符号为限。",
    "closed.not-expanded": "如果只用 x、W、b 写开，其中最长的一个有 {longest} 个符号，全部合计 {together} 个，这里"
    "不列出。较小的网络会列出；用 `--expand` 可以列出合计不超过 {limit} 个符号的式子。",
    "closed.not-expanded+nobias": "如果只用 x、W 写开，其中最长的一个有 {longest} 个符号，全部合计 {together} 个，这里"
    "不列出。较小的网络会列出；用 `--expand` 可以列出合计不超过 {limit} 个符号的式子。",
    # 10 proof
    "proof.title": "10 证明",
    "proof.claim": "命题：对每个参数，上面等式的右边就是对代价函数直接求导所得的偏导数。",
    "proof.lemmas": "**引理。** 把该层之后的代价看作任意函数，把每条规则逐项与 SymPy 对该层前向公式求得的导数比较：",
    "proof.rule": "规则",
    "proof.layer": "层",
    "proof.entries": "项数",
    "proof.verdict": "结论",
    "proof.equal": "相等",
    "proof.induction": "**归纳。** BP1 给出输出层的 δ。若某一层的 δ 正确，则 BP2 给出前一层的 δ，BP3 与 BP4 给出该"
    "层参数的偏导数。因此每一层都正确。",
    "proof.induction+nobias": "**归纳。** BP1 给出输出层的 δ。若某一层的 δ 正确，则 BP2 给出前一层的 δ，BP4 给出该"
    "层权重的偏导数。因此每一层都正确。",
    "proof.expansion": "**整个网络。** 不依赖各层的引理，把最后一层的加权输入用 x、W、b 完全写开，将代价直接对 "
    "{count} 个参数逐一求导，再减去同样写开的递推结果。SymPy 的 `expand` 把每个差都化为 0。",
    "proof.expansion+nobias": "**整个网络。** 不依赖各层的引理，把最后一层的加权输入用 x、W 完全写开，将代价直接对 "
    "{count} 个参数逐一求导，再减去同样写开的递推结果。SymPy 的 `expand` 把每个差都化为 0。",
    "proof.field": "这个网络太大，不便逐项证明。改为在模 2^61 - 1 的整数域中随机取一点（域中没有舍入），运行递推公"
    "式，并与代价函数沿一个随机方向的直接导数（用对偶数计算，不用 δ）比较，两者**相等**。假如递推有错，两者碰巧相"
    "等的概率不超过 {probability}（Schwartz 1980，Zippel 1979）。",
    "proof.agreement": "某一步用到了激活函数的特殊性质，SymPy 无法判定。在若干随机点上，递推所得的梯度与直接求得的"
    "导数各自落在精确到 50 位的区间里，两者一致。这不是证明；但若两者不同，就足以否定。",
    "proof.refuted": "比较在 {quantity} 处不成立；在一个随机点上，递推所得的梯度与直接求得的导数落在互不相交的区间"
    "里。递推公式是错的。",
    "proof.refuted-field": "在模 2^61 - 1 的整数域中，递推与直接导数不同，首先出现在 {quantity}。递推公式是错的。",
    "proof.assumes": "证明所依据的前提：",
    "assume.slope": "每个激活函数的导数如第 2 节所述。除此之外，证明不用到激活函数的任何性质，因此对任何激活函数都"
    "成立。",
    "assume.kink": "没有加权输入恰好落在折点上；若落在折点上，按第 2 节的约定处理。",
    "assume.targets": "每个样本的目标值之和为 1。",
    "assume.batch": "一批中的样本互不影响，所以只需对一个样本证明。",
    # 11 numbers
    "numbers.title": "11 代入数值",
    "numbers.one": "对一个样本代入数值，重做一遍。",
    "numbers.many": "对一批 {m} 个样本代入数值，重做一遍。只涉及一个样本的式子以第一个样本为例。",
    "numbers.inputs": "输入与目标值",
    "numbers.example": "样本 {number}",
    "numbers.forward": "前向",
    "numbers.cost": "代价",
    "numbers.backward": "反向",
    "numbers.gradients": "偏导数",
    "numbers.quantity": "量",
    "numbers.table": "全部的量",
    "numbers.table-some": "各层最前面的几个量",
    "numbers.step": "一步梯度下降",
    "numbers.step-start": "每个参数沿偏导数的反方向移动，步长为学习率 {eta} 乘以偏导数：",
    "numbers.step-some": "与原文一样，只更新 {keys}，沿各自偏导数的反方向移动，步长为学习率 {eta} 乘以偏导数：",
    "numbers.before": "更新前",
    "numbers.derivative": "偏导数",
    "numbers.after": "更新后",
    "numbers.parameter": "参数",
    "numbers.cost-falls": "代价由 {before} 降到 {after}。",
    "numbers.cost-rises": "代价由 {before} 升到 {after}：学习率太大，越过了最低点。",
    "numbers.cost-stays": "代价停在 {before}：这里的梯度为零。",
    # 12 check
    "check.title": "12 用差商检验",
    "check.start": "不放心推导的人可以把一个参数稍稍改动，看代价怎样变化，不需要微积分，只取差商：",
    "check.step": "其中 {h}，用 57 位数字计算，舍入误差可以忽略。",
    "check.point": "在一个随机点上（种子 {seed}）：",
    "check.given": "在上一节的点上：",
    "check.derived": "推导所得",
    "check.difference": "差商",
    "check.gap": "相差",
    "check.some": "共 {count} 个参数，从各层中均匀选取 {shown} 个。",
    "check.good": "在差商所能分辨的范围内，两者一致。",
    "check.kink": "两者并不处处一致：要么有加权输入落在折点上，那里没有导数；要么这份报告有错。",
    # progress
    "progress.proof": "证明",
    "progress.lines": "核对公式",
    "progress.json": "写出各步",
    "progress.check": "计算差商",
    # published figures
    "published.title": "13 与发表的数值对照",
    "published.source": "出处：{source}。",
    "published.quantity": "量",
    "published.name": "原文名称",
    "published.published": "原文数值",
    "published.here": "本文数值",
    "published.verdict": "结论",
    "published.steps": "步数",
    "published.match": "一致",
    "published.rounded": "在原文位数内一致",
    "published.wrong": "不一致",
    "published.why": "不一致之处是原文有误，正是目录中的这个错误算出了那些数字：{why}。",
}
