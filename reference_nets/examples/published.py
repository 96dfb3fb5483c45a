"""The published worked examples: network, numbers and printed figures, each with its source.

Only numbers and sources are taken from elsewhere. Where an author differentiates an output a instead of a cost, the
target is a - 1 and the cost quadratic: then dC/da = a - y = 1.
"""

from __future__ import annotations

import math

import numpy as np

from reference_nets.examples.worked_examples import Example, PublishedFigure, entries


def _decimals(values: list[list[float]]) -> str:
    """A matrix as the text that reads back to the same floats."""
    return "; ".join(" ".join(repr(float(value)) for value in row) for row in values)


MAZUR = Example(
    name="mazur",
    title="A step by step backpropagation example",
    source="Matt Mazur 2015, mattmazur.com/2015/03/17/a-step-by-step-backpropagation-example",
    notation="2-2-2",
    params={"W1": "0.15 0.20; 0.25 0.30", "b1": "0.35 0.35", "W2": "0.40 0.45; 0.50 0.55", "b2": "0.60 0.60"},
    x="0.05 0.10",
    y="0.01 0.99",
    learning_rate="0.5",
    updates=("W1", "W2"),
    remark="The biases are not updated.",
    figures=(
        PublishedFigure("z1[0, 0]", "0.3775", note="net_h1"),
        PublishedFigure("a1[0, 0]", "0.593269992", note="out_h1"),
        PublishedFigure("a1[0, 1]", "0.596884378", note="out_h2"),
        PublishedFigure("z2[0, 0]", "1.105905967", note="net_o1"),
        PublishedFigure("a2[0, 0]", "0.75136507", note="out_o1"),
        PublishedFigure("a2[0, 1]", "0.772928465", note="out_o2"),
        PublishedFigure("cost[0]", "0.274811083", note="E_o1"),
        PublishedFigure("cost[1]", "0.023560026", note="E_o2"),
        PublishedFigure("cost", "0.298371109", note="E_total"),
        PublishedFigure("db2[0]", "0.138498562", note="delta_o1"),
        PublishedFigure("dW2[0, 0]", "0.082167041", note="dE_total/dw5"),
        PublishedFigure("dW1[0, 0]", "0.000438568", note="dE_total/dw1"),
        *entries("W2", "0.35891648 0.408666186; 0.511301270 0.561370121", after=1, note="w5+ to w8+"),
        *entries("W1", "0.149780716 0.19956143; 0.24975114 0.29950229", after=1, note="w1+ to w4+"),
        PublishedFigure("cost", "0.291027924", after=1, note="total error after the first round"),
        PublishedFigure("cost", "0.0000351085", after=10_000, note="total error after 10,000 rounds"),
        PublishedFigure("cost", "0.000035085", after=10_000, note="the same as copies of the page print it, without the 1"),
        PublishedFigure("a2[0, 0]", "0.015912196", after=10_000, note="out_o1 after 10,000 rounds"),
        PublishedFigure("a2[0, 1]", "0.984065734", after=10_000, note="out_o2 after 10,000 rounds"),
    ),
)

COURSERA_WEEK2 = Example(
    name="coursera-week2",
    title="Logistic regression with a neural network mindset: propagate",
    source="Andrew Ng, Neural Networks and Deep Learning, week 2, Coursera 2017",
    notation="2-1/bce",
    params={"W1": "1 2", "b1": "2"},
    x="1 3; 2 4; -1 -3.2",
    y="1; 0; 1",
    remark="The course takes ln(1 - a) of a rounded a: its last digits are lost to cancellation.",
    figures=(
        PublishedFigure("cost", "5.801545319394553"),
        *entries("dW1", "0.99845601 2.39507239", note="dw"),
        PublishedFigure("db1[0]", "0.001455578136784208", note="db"),
    ),
)

COURSERA_WEEK3 = Example(
    name="coursera-week3",
    title="Planar data classification: backward_propagation_test_case",
    source="Andrew Ng, Neural Networks and Deep Learning, week 3, Coursera 2017",
    notation="2-4:tanh-1/bce",
    params={
        "W1": "-0.00416758 -0.00056267; -0.02136196 0.01640271; -0.01793436 -0.00841747; 0.00502881 -0.01245288",
        "b1": "0 0 0 0",
        "W2": "-0.01057952 -0.00909008 0.00551454 0.02292208",
        "b2": "0",
    },
    x="1.62434536 -1.07296862; -0.61175641 0.86540763; -0.52817175 -2.3015387",
    y="1; 0; 1",
    figures=(
        *entries(
            "dW1", "0.00301023 -0.00747267; 0.00257968 -0.00641288; -0.00156892 0.003893; -0.00652037 0.01618243"
        ),
        *entries("db1", "0.00176201 0.00150995 -0.00091736 -0.00381422"),
        *entries("dW2", "0.00078841 0.01765429 -0.00084166 -0.01022527"),
        *entries("db2", "-0.16655712"),
    ),
)


def _debug_weights(rows: int, columns: int) -> list[list[float]]:
    """The exercise's debugInitializeWeights: sin(1), sin(2), ... over ten, down the columns."""
    return [[math.sin(1 + row + rows * column) / 10 for column in range(columns)] for row in range(rows)]


def _debug_example(name: str, l2: str, layer1: str, layer2: str) -> Example:
    """The network of checkNNGradients; a printed gradient is that of (bias, weights) of a layer, column by column."""
    theta1, theta2 = _debug_weights(5, 4), _debug_weights(3, 6)
    figures = []
    for layer, printed in ((1, layer1), (2, layer2)):
        bias, *columns = [column.split() for column in printed.split(";")]
        rows = "; ".join(" ".join(row) for row in zip(*columns, strict=True))
        figures += [*entries(f"db{layer}", " ".join(bias)), *entries(f"dW{layer}", rows)]
    return Example(
        name=name,
        title="Programming exercise 4: checkNNGradients",
        source="Andrew Ng, Machine Learning, exercise 4, Coursera 2011",
        notation=f"3-5-3/bce{l2}",
        params={
            "W1": _decimals([row[1:] for row in theta1]),
            "b1": _decimals([[row[0] for row in theta1]]),
            "W2": _decimals([row[1:] for row in theta2]),
            "b2": _decimals([[row[0] for row in theta2]]),
        },
        x=_decimals(_debug_weights(5, 3)),
        y="0 1 0; 0 0 1; 1 0 0; 0 1 0; 0 0 1",
        remark="The exercise's lambda/(2m) is l2/2 here: lambda = 3 with m = 5 examples is l2 = 0.6.",
        figures=tuple(figures),
    )


NG_EX4 = _debug_example(
    "ng-ex4",
    "",
    "-9.2783e-03 8.8991e-03 -8.3601e-03 7.6281e-03 -6.7480e-03;"
    "-3.0498e-06 1.4287e-05 -2.5938e-05 3.6988e-05 -4.6876e-05;"
    "-1.7506e-04 2.3315e-04 -2.8747e-04 3.3532e-04 -3.7622e-04;"
    "-9.6266e-05 1.1798e-04 -1.3715e-04 1.5325e-04 -1.6656e-04",
    "3.1454e-01 1.1106e-01 9.7401e-02;"
    "1.6409e-01 5.7574e-02 5.0458e-02;"
    "1.6457e-01 5.7787e-02 5.0753e-02;"
    "1.5834e-01 5.5924e-02 4.9162e-02;"
    "1.5113e-01 5.3697e-02 4.7146e-02;"
    "1.4957e-01 5.3154e-02 4.6560e-02",
)
NG_EX4_REGULARISED = _debug_example(
    "ng-ex4-regularised",
    "+l2=0.6",
    "-9.2783e-03 8.8991e-03 -8.3601e-03 7.6281e-03 -6.7480e-03;"
    "-1.6768e-02 3.9433e-02 5.9336e-02 2.4764e-02 -3.2688e-02;"
    "-6.0174e-02 -3.1961e-02 2.4923e-02 5.9772e-02 3.8641e-02;"
    "-1.7370e-02 -5.7566e-02 -4.5196e-02 9.1459e-03 5.4610e-02",
    "3.1454e-01 1.1106e-01 9.7401e-02;"
    "1.1868e-01 3.8193e-05 3.3693e-02;"
    "2.0399e-01 1.1715e-01 7.5480e-02;"
    "1.2570e-01 -4.0759e-03 1.6968e-02;"
    "1.7634e-01 1.1313e-01 8.6163e-02;"
    "1.3229e-01 -4.5296e-03 1.5005e-03",
)

G_EOJ = Example(
    name="g-eoj",
    title="A two-layer network with fixed numbers: ReLU, softmax, cross-entropy",
    source="g-eoj, notebook on CS231n's two-layer network, github.com/g-eoj",
    notation="2-2:relu-3/cross_entropy",
    params={"W1": "0.18 0.10; 0.04 0.22", "b1": "0 0", "W2": "0.19 -0.02; -0.10 -0.01; 0.10 0.04", "b2": "0 0 0"},
    x="16 -6",
    y="0 0 1",
    remark="The second hidden unit is dead: its weighted input is negative.",
    figures=(
        *entries("a2", "0.429052723714 0.221490524653 0.349456751633", note="probabilities"),
        PublishedFigure("cost", "1.051375468504364", note="loss"),
        *entries("db2", "0.429052723714 0.221490524653 -0.650543248367", note="dscores"),
        *entries("dW2", "0.978240210069 _; 0.504998396208 _; -1.48323860628 _"),
    ),
)


def _cs231n_toy() -> Example:
    """The assignment's toy model and data, drawn as it draws them: NumPy's legacy generator with seeds 0 and 1."""
    model, data = np.random.RandomState(0), np.random.RandomState(1)
    W1, W2 = 1e-1 * model.randn(4, 10), 1e-1 * model.randn(10, 3)
    return Example(
        name="cs231n-toy",
        title="Assignment 1, two-layer net: toy model and toy data",
        source="CS231n, Stanford 2015 to 2017, assignment 1, two_layer_net.ipynb",
        notation="4-10:relu-3/cross_entropy+l2=0.1",
        params={"W1": _decimals(W1.T.tolist()), "b1": "0 " * 10, "W2": _decimals(W2.T.tolist()), "b2": "0 0 0"},
        x=_decimals((10 * data.randn(5, 4)).tolist()),
        y="1 0 0; 0 1 0; 0 0 1; 0 0 1; 0 1 0",
        remark="The assignment's 0.05 sum W^2 is l2/2 here.",
        figures=(
            *entries(
                "z2",
                "-0.81233741 -1.27654624 -0.70335995; -0.17129677 -1.18803311 -0.47310444;"
                "-0.51590475 -1.01354314 -0.8504215; -0.15419291 -0.48629638 -0.52901952;"
                "-0.00618733 -0.12435261 -0.15226949",
                note="scores",
            ),
            PublishedFigure("cost", "1.30378789133", note="loss"),
        ),
    )


CS231N_NEURON = Example(
    name="cs231n-neuron",
    title="Backpropagation, intuitions: the sigmoid neuron",
    source="CS231n course notes, Stanford, cs231n.github.io/optimization-2",
    notation="2-1",
    params={"W1": "2 -3", "b1": "-3"},
    x="-1 -2",
    y="-0.26894142136999512",
    figures=(
        PublishedFigure("a1[0, 0]", "0.73", note="f"),
        *entries("dx", "0.39 -0.59"),
        *entries("dW1", "-0.20 -0.39"),
        PublishedFigure("db1[0]", "0.20"),
    ),
)

MICROGRAD_NEURON = Example(
    name="micrograd-neuron",
    title="The spelled-out intro to neural networks and backpropagation: the tanh neuron",
    source="Andrej Karpathy 2022, lecture on micrograd",
    notation="2-1:tanh",
    params={"W1": "-3 1", "b1": "6.8813735870195432"},
    x="2 0",
    y="-0.29289321881345248",
    figures=(
        PublishedFigure("z1[0, 0]", "0.8814", note="n"),
        PublishedFigure("a1[0, 0]", "0.7071", note="o"),
        PublishedFigure("db1[0]", "0.5000"),
        *entries("dx", "-1.5000 0.5000"),
        *entries("dW1", "1.0000 0.0000"),
    ),
)

HMKCODE = Example(
    name="hmkcode",
    title="Backpropagation step by step",
    source="hmkcode 2019, hmkcode.com/ai/backpropagation-step-by-step",
    notation="2-2:identity-1:identity",
    params={"W1": "0.11 0.21; 0.12 0.08", "b1": "0 0", "W2": "0.14 0.15", "b2": "0"},
    x="2 3",
    y="1",
    learning_rate="0.05",
    updates=("W1", "W2"),
    remark="Linear, so that every number is a fraction; the biases are zero and stay so.",
    figures=(
        *entries("a1", "0.85 0.48", note="h1, h2"),
        PublishedFigure("a2[0, 0]", "0.191", note="prediction"),
        PublishedFigure("cost", "0.327", note="error"),
        PublishedFigure("db2[0]", "-0.809", note="delta"),
        *entries("W2", "0.17 0.17", after=1, note="w5, w6"),
        *entries("W1", "0.12 0.23; 0.13 0.10", after=1, note="w1 to w4"),
        PublishedFigure("a2[0, 0]", "0.26", after=1, note="prediction"),
    ),
)


def _nielsen(name: str, weight: str, bias: str, first: str, last: str) -> Example:
    return Example(
        name=name,
        title="Neural Networks and Deep Learning, chapter 3: one neuron learns to output 0",
        source="Michael Nielsen 2015, neuralnetworksanddeeplearning.com/chap3.html",
        notation="1-1",
        params={"W1": weight, "b1": bias},
        x="1",
        y="0",
        learning_rate="0.15",
        updates=("W1", "b1"),
        figures=(
            PublishedFigure("a1[0, 0]", first, note="output"),
            PublishedFigure("a1[0, 0]", last, after=300, note="output after 300 epochs"),
        ),
    )


NNFS_NEURON = Example(
    name="nnfs-neuron",
    title="Neural Networks from Scratch in Python, chapter 9: one ReLU neuron",
    source="Kinsley and Kukiela 2020, Neural Networks from Scratch in Python, ch. 9",
    notation="3-1:relu",
    params={"W1": "-3 -1 2", "b1": "1"},
    x="1 -2 3",
    y="5",
    learning_rate="0.001",
    updates=("W1", "b1"),
    figures=(
        PublishedFigure("z1[0, 0]", "6.0"),
        *entries("dx", "-3.0 -1.0 2.0"),
        *entries("dW1", "1.0 -2.0 3.0"),
        PublishedFigure("db1[0]", "1.0"),
        *entries("W1", "-3.001 -0.998 1.997", after=1),
        PublishedFigure("b1[0]", "0.999", after=1),
        PublishedFigure("a1[0, 0]", "5.985", after=1),
    ),
)

TRASK = "Andrew Trask 2015, iamtrask.github.io/2015/07/12/basic-python-network"
FOUR_ROWS = "0 0 1; 0 1 1; 1 0 1; 1 1 1"

TWO_LAYERS = Example(
    name="trask-two-layers",
    title="A neural network in 11 lines of Python: the first one, without a hidden layer",
    source=TRASK,
    notation="3-1+nobias",
    params={"W1": "-0.165955990594852 0.4406489868843162 -0.9997712503653102"},
    x=FOUR_ROWS,
    y="0; 0; 1; 1",
    learning_rate="4",
    updates=("W1",),
    remark="The steps there are sums over the four examples, which is a learning rate of 4 here. Weights: seed 1 of NumPy.",
    figures=entries("a1", "0.00966449; 0.00786506; 0.99358898; 0.99211957", after=9_999, note="output after training"),
)

ELEVEN_LINES = Example(
    name="trask-eleven-lines",
    title="A neural network in 11 lines of Python: 3-4-1, without biases",
    source=TRASK,
    notation="3-4-1+nobias",
    params={
        "W1": "-0.165955990594852 -0.7064882183657739 -0.20646505153866013; "
        "0.4406489868843162 -0.8153228104624044 0.07763346800671389; "
        "-0.9997712503653102 -0.6274795772446582 -0.1616109711934104; "
        "-0.39533485473632046 -0.3088785459139045 0.370439000793519",
        "W2": "-0.5910955005369651 0.7562348727818908 -0.9452248136041477 0.34093502035680445",
    },
    x=FOUR_ROWS,
    y="0; 1; 1; 0",
    learning_rate="4",
    updates=("W1", "W2"),
    remark="As in the first network there, steps are sums over the four examples.",
    figures=(PublishedFigure("mean error", "0.496410031903", note="Error"),),
)

EXAMPLES: dict[str, Example] = {
    example.name: example
    for example in (
        MAZUR,
        _nielsen("nielsen", "0.6", "0.9", "0.82", "0.09"),
        _nielsen("nielsen-saturated", "2", "2", "0.98", "0.20"),
        COURSERA_WEEK2,
        COURSERA_WEEK3,
        NG_EX4,
        NG_EX4_REGULARISED,
        G_EOJ,
        _cs231n_toy(),
        CS231N_NEURON,
        MICROGRAD_NEURON,
        HMKCODE,
        NNFS_NEURON,
        TWO_LAYERS,
        ELEVEN_LINES,
    )
}
