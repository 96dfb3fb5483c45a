"""What a function does beside its numbers: whether equal calls give equal answers, and what it changes and keeps."""

SENTENCES = {
    "changed": "{names} 被改动了：请在副本上计算",
    "unchanged": "传入的数据保持原样",
    "same": "相同的调用给出相同的结果",
    "afresh": "每次调用都从头开始",
    "adds-up": "{names} 在每次调用时都累加到上一次的结果上：请先把梯度清零",
    "keeps": "{names} 取决于之前调用过什么：两次调用之间保留了某些内容",
    "unsteady": "相同的调用给出不同的 {names}",
}
