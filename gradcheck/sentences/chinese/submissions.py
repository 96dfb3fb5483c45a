"""The checks of a student's file, in Chinese."""

SENTENCES = {
    "not-called": "计算梯度时从未调用它",
    "no-object": "没有用这个类的对象计算过梯度",
    "unknown-layer": "layers 约定只知道 affine、各激活函数和 softmax_loss 应当给出什么",
}
