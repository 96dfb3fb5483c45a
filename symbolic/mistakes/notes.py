"""What is known of each mistake beside its formula: where it hides, and in which public code it was seen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Note:
    """``hidden`` are the conditions under which it changes no number, or fails before; ``seen`` where it was made."""

    hidden: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()


NOTES: dict[str, Note] = {
    "missing-output-activation-derivative": Note(
        ("identity-output", "matching-cost"), ("stackoverflow 59399842", "jiexunsee/Neural-Network-with-Python#1")
    ),
    "extra-output-activation-derivative": Note((), ("udacity/deep-learning-v2-pytorch#409",)),
    "output-delta-sign": Note((), ("dennybritz/nn-from-scratch#11",)),
    "cost-derivative-factor": Note((), ("Open-Deep-ML/DML-OpenProblem#54",)),
    "activation-derivative-of-error": Note((), ("datascience.SE 20139",)),
    "softmax-diagonal-only": Note(("matching-cost",), ("deeplearning4j/libnd4j#440",)),
    "softmax-derivative-ignored": Note((), ("pjreddie/darknet PR96",)),
    "softmax-over-batch": Note(("one-example",), ("stackoverflow 76450489",)),
    "missing-hidden-activation-derivative": Note(("identity",), ("ujjwalkarn/Machine-Learning-Tutorials PR16",)),
    "activation-derivative-at-activation": Note(
        ("relu", "tiny-weights"), ("BoltzmannEntropy/interviews.ai#4", "davidrmiller/neural2d#40")
    ),
    "activation-derivative-of-upstream": Note((), ("yizt/numpy_neural_network#3",)),
    "activation-value-for-derivative": Note(("identity",), ()),
    "activation-derivative-wrong-formula": Note((), ("nicodjimenez/lstm#41", "scutan90/DeepLearning-500-questions#544")),
    "activation-derivative-wrong-layer": Note(("different-widths",), ("dennybritz/nn-from-scratch PR3",)),
    "upstream-overwritten": Note((), ("haifengl/smile#528",)),
    "relu-mask-from-gradient": Note((), ("exacity/deeplearningbook-chinese#127",)),
    "relu-mask-always-one": Note(("no-negative-z",), ("iamtrask/Grokking-Deep-Learning#56",)),
    "leaky-slope-missing": Note(("no-negative-z",), ("scientific-computing/FKB#15",)),
    "weight-transpose-missing": Note(("different-widths",), ("codeproject 1097336",)),
    "weight-from-wrong-layer": Note(("different-widths",), ("jeffheaton/encog-java-core#243",)),
    "delta-not-propagated": Note((), ("stackoverflow 12558517",)),
    "output-derivative-lost-in-recursion": Note(("matching-cost",), ("stackoverflow 53287032",)),
    "weights-updated-before-backpropagation": Note(("only-in-an-update",), ("joelgrus/data-science-from-scratch#31",)),
    "activation-overwritten-in-place": Note((), ("deeplearning4j/deeplearning4j PR364",)),
    "weight-gradient-uses-z": Note(("first-layer",), ()),
    "weight-gradient-wrong-activation": Note(("different-widths",), ()),
    "weight-used-for-activation": Note((), ("stats.SE 464262",)),
    "weight-gradient-transposed": Note(("different-widths",), ("iamtrask/Grokking-Deep-Learning PR22",)),
    "missing-batch-average": Note(("one-example",), ("stats.SE 322521",)),
    "batch-average-twice": Note(("one-example",), ("SkalskiP/ILearnDeepLearning.py#29",)),
    "batch-averaged-by-wrong-count": Note(("equal-counts",), ("victorlempitsky/Mate#2",)),
    "one-example-only": Note(("one-example",), ("riccardoandreoni0/CNN-from-scratch#1",)),
    "bias-gradient-not-averaged": Note(("one-example",), ()),
    "bias-gradient-averaged-twice": Note(("one-example",), ("kvfrans/notes#5",)),
    "bias-gradient-over-all-entries": Note(("one-unit",), ("rasbt/stat453-deep-learning-ss21#5",)),
    "bias-gradient-wrong-axis": Note(("shape-error",), ("deeplearning4j/deeplearning4j PR364",)),
    "bias-gradient-times-input": Note((), ("rust0258/Deeplearning.ai-Natural-Language-Processing-Specialization#62",)),
    "l2-missing": Note(("no-penalty",), ()),
    "l2-factor": Note(("no-penalty",), ("jingtinghuang/CS231n-Spring-2017#3",)),
    "l2-divided-by-batch": Note(("no-penalty", "one-example"), ()),
    "l2-on-bias": Note(("no-penalty", "zero-biases"), ("JWarmenhoven/Coursera-Machine-Learning#3",)),
    "constant-factor": Note((), ("BVLC/caffe#6814",)),
    "zero-gradient": Note(("dead-units",), ()),
    "layers-swapped": Note(("different-widths",), ()),
    "numeric-gradient": Note(("small-errors",), ()),
    "float32-precision": Note((), ("chainer/chainer#3046",)),
    "unstable-formula": Note(("moderate-z",), ("tiny-dnn/tiny-dnn#410",)),
    "accumulates-across-calls": Note(("first-call",), ("sony/nnabla PR532",)),
    "works-for-one-example-only": Note(("one-example",), ("deeplearning4j/deeplearning4j PR364",)),
}


def note(mistake: str) -> Note:
    """What is known of a mistake."""
    return NOTES.get(mistake, Note())
