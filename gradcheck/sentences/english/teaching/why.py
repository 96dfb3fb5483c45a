"""Why a mistake is one: a few sentences for each, in words that a student has; the formula is printed below them.

Places: {layer}, {next}; {phi} the activation, {cost}; {a}, {z}, {delta}, {above}, {W}, {W_above}, {input}, {dW},
{db}, {gradients}, {b}, {y}, {m} as the reader calls them.
"""

SENTENCES = {
    # output delta
    "missing-output-activation-derivative": (
        "The cost {cost} depends on {a}, and {a} = {phi}({z}) stands between the cost and {z}. So the chain rule has one "
        "more factor after the slope of the cost: the slope of {phi} at {z}. Without it the whole backward pass starts "
        "from the wrong number, and every gradient is wrong."
    ),
    "extra-output-activation-derivative": (
        "For the cost {cost} with outputs {phi} the slope of the cost and the slope of {phi} cancel: multiplied out they "
        "leave output minus target, over the batch. The slope of {phi} is already in there. Multiplying by it once more "
        "counts it twice."
    ),
    "output-delta-sign": (
        "The derivative of (a - y)^2 by a is 2 (a - y): output minus target, and the same order holds for the other costs. "
        "With target minus output every gradient points the other way, and a step of descent makes the cost larger. The "
        "minus sign belongs in the update, W - rate * dW, once."
    ),
    "cost-derivative-factor": (
        "The derivative of the cost {cost} by {a} has one factor and no other; the formula below shows it. A 1/2 in front "
        "of a square cancels the 2 of its derivative; a mean over the outputs divides by their number, a sum does not. The "
        "code has another factor there. So every gradient is too large or too small by that factor."
    ),
    "activation-derivative-of-error": (
        "The slope of sigmoid is s (1 - s), where s is the output {a}. Here it was taken of the error {a} - {y}, which is "
        "no output of a sigmoid. The error and the slope are two factors: the error says how far off, the slope how "
        "strongly {z} moves {a}."
    ),
    "softmax-diagonal-only": (
        "In softmax each output depends on all of the weighted inputs, because the outputs share one sum. So raising one "
        "{z} raises its own output and lowers all the others. a (1 - a) is only the first part; the terms -a_j a_k for the "
        "other outputs are missing."
    ),
    "softmax-derivative-ignored": (
        "The derivative of the cost by {a} is not yet the one by {z}: {phi} stands between them. With {cost} both together "
        "become very short, and that short form is delta; the derivative of the cost alone is not."
    ),
    "softmax-over-batch": (
        "Softmax turns the scores of one example into numbers that add up to 1. Here they were made to add up to 1 over "
        "the examples instead, so that each example's output depends on its neighbours in the batch. Sum over the units of "
        "one example."
    ),
    # activation derivative
    "missing-hidden-activation-derivative": (
        "The error comes back through {W_above} to {a}, and {a} = {phi}({z}) stands between {a} and {z}: one more factor "
        "of the chain rule, the slope of {phi} at {z}. Without it {gradients} and everything below use an error that never "
        "passed through {phi}."
    ),
    "activation-derivative-at-activation": (
        "The slope of {phi} was taken at {a}, the output of {phi}. It is needed at {z}, the input of {phi}: the chain rule "
        "takes each slope where the function was evaluated. Either use {z}, or a form of the slope that is written for the "
        "output; not both."
    ),
    "activation-derivative-of-upstream": (
        "The error that comes back is a factor, not the place where a slope is taken. The slope of {phi} is taken at {z}, "
        "and then multiplied by what comes back through {W_above}. Here the error itself was put into the slope."
    ),
    "activation-value-for-derivative": (
        "What is multiplied here is {a}, the value of {phi}. The chain rule needs its slope: not how large {a} is, but how "
        "much {a} changes when {z} changes a little."
    ),
    "activation-derivative-wrong-formula": (
        "The error is multiplied by the slope of {phi} at {z}. The code has another formula for that slope: that of "
        "another function, or one with a sign, a square or a name ({a} or {z}) that is not right. The right one stands "
        "below. Check yours with one number: change {z} by 0.001, and see by how much {a} changes."
    ),
    "activation-derivative-wrong-layer": (
        "The delta of layer {layer} needs the slope of {phi} at {z}, the weighted input of this layer. The code takes it "
        "at that of a neighbouring layer. The shapes agree, so nothing crashes. An index is off by one: the weights are "
        "those of layer {next}, the slope is that of layer {layer}."
    ),
    "upstream-overwritten": (
        "The slope of {phi} was stored over the error that had come back through {W_above}, instead of being multiplied "
        "with it. So the error is lost: {delta} no longer knows how wrong the output was."
    ),
    "relu-mask-from-gradient": (
        "A relu unit lets the error pass where it was switched on in the forward pass: where {z} > 0. The sign of the "
        "error plays no part in it: an error below zero passes as well. Here the error was cut where it is negative."
    ),
    "relu-mask-always-one": (
        "The output of relu is never below zero, so {a} >= 0 is true everywhere, and nothing is switched off. A unit with "
        "{z} < 0 was flat: nudging {z} does not change {a}, and no error may pass. Compare with >, not with >=."
    ),
    "leaky-slope-missing": (
        "{phi} has a small slope below zero, so that units never go quite silent. The code has slope 0 there, as plain "
        "relu has. The small slope belongs into the backward pass too."
    ),
    # the recursion
    "weight-transpose-missing": (
        "On the way forward {W_above} carries each {a} to the units of layer {next}; on the way back each unit of layer "
        "{layer} collects the errors of those units over the same connections. That turns rows into columns once. Here the "
        "matrix is square, so that both ways fit, and only the numbers show it."
    ),
    "weight-from-wrong-layer": (
        "Between layer {layer} and layer {next} lie the weights {W_above}. The error must come back over the same weights "
        "that carried {a} forward. The code takes those of layer {layer}, which lie before it; the shapes happen to fit."
    ),
    "delta-not-propagated": (
        "Each unit of layer {layer} moves the units of layer {next} by its own weights, so the errors from above must be "
        "weighted with {W_above} before they are added. Passing them on unweighted treats all connections as equally "
        "strong."
    ),
    "output-derivative-lost-in-recursion": (
        "What goes back through {W_above} is {above}, the whole delta of the output: error times slope. Here only the "
        "error a - y was passed on, without the slope of the output's activation. So the output layer is right, and every "
        "layer below it is not."
    ),
    "weights-updated-before-backpropagation": (
        "All derivatives belong to one and the same network: the one of the forward pass. Here {W_above} had already been "
        "updated when the error went back through it. Compute all gradients first, then update all parameters."
    ),
    "activation-overwritten-in-place": (
        "{z} and {a} are one array here: applying {phi} in place wrote {a} over {z}, so the slope at {z} is taken at {a} "
        "instead. Keep two arrays, or use a form of the slope that needs {a} only."
    ),
    # weight gradient
    "weight-gradient-uses-z": (
        "{W} multiplies {input}, the output of the layer before, not its weighted input. So the derivative by {W} has "
        "{input} in it: {delta} times what went through the weight."
    ),
    "weight-gradient-wrong-activation": (
        "Each weight of layer {layer} multiplies one number of {input}, the input of that layer. Its derivative is {delta} "
        "times exactly this number. The code takes the values of another layer; the shapes happen to fit."
    ),
    "weight-used-for-activation": (
        "In z = W a + b the derivative by W is a, and the derivative by a is W. Here they were exchanged: for {dW} {delta} "
        "must be multiplied with {input}, not with {W} itself."
    ),
    "weight-gradient-transposed": (
        "{dW} must have the shape of {W}, entry by entry: row j for unit j, column i for its input i. Here rows and "
        "columns are exchanged. The matrix is square, so nothing crashes, and the update changes the wrong weights."
    ),
    # batch and bias
    "missing-batch-average": (
        "The cost is the mean over the {m} examples, so its gradient is the mean of theirs. The factor 1/{m} is missing. "
        "It may stand in the delta of the output or in each gradient ({gradients}), but it must stand there once. With one "
        "example nothing is seen of it."
    ),
    "batch-average-twice": (
        "The cost is the mean over the {m} examples: one division by {m}. Here it is divided twice, once in the delta of "
        "the output and once more in the gradients, or by taking a mean of numbers that are averaged already. Keep one of "
        "the two."
    ),
    "batch-averaged-by-wrong-count": (
        "The mean over the examples divides by their number, {m}, and by nothing else. Here another count was used: the "
        "number of inputs or of all entries, as np.mean without an axis does it."
    ),
    "one-example-only": (
        "Each example of the batch adds its part to the gradient. Here the part of one example is all that is left: the "
        "others are overwritten in the loop, or never looked at. Add with +=, or sum over all examples."
    ),
    "bias-gradient-not-averaged": (
        "The cost is a mean over the {m} examples, for the biases as for the weights. {dW} is averaged, {db} is a plain "
        "sum, so it is {m} times too large. Treat both alike."
    ),
    "bias-gradient-averaged-twice": (
        "{delta} carries the factor 1/{m} already. Taking the mean of it for {db} divides by {m} a second time. Sum over "
        "the examples instead."
    ),
    "bias-gradient-over-all-entries": (
        "Each unit has a bias of its own, and the derivative by it is the sum of this unit's deltas over the examples. "
        "Here the sum runs over the units too, so that every bias gets the same number. Name the axis of the examples in "
        "the sum."
    ),
    "bias-gradient-wrong-axis": (
        "{db} has one number for each unit: sum over the examples, and keep the units. Here the sum runs over the units "
        "and keeps the examples. When there are as many examples as units the shape fits by chance."
    ),
    "bias-gradient-times-input": (
        "In z = W a + b the bias is multiplied by 1, not by an input. So its derivative is {delta} alone, summed over the "
        "examples; the input belongs to {dW}."
    ),
    "bias-gradient-missing": (
        "{db} stays 0, so the biases of layer {layer} would never learn. The bias is a parameter as the weights are: it "
        "adds 1 times {b} to {z}, and its derivative is {delta}, summed over the examples."
    ),
    # regularisation
    "l2-missing": (
        "The cost has the penalty lambda/2 times the sum of all squared weights. Its derivative by a weight is lambda "
        "times that weight, and it must be added to {dW}. Without it the gradient is that of another cost."
    ),
    "l2-factor": (
        "The penalty is lambda/2 times the sum of squares; the 2 of the square and the 1/2 cancel. So exactly lambda times "
        "{W} is added: not twice, not half of it."
    ),
    "l2-divided-by-batch": (
        "The penalty lambda/2 sum W^2 does not depend on the examples, and in this cost it is not divided by {m}. So "
        "lambda times {W} is added as it is. (Other courses define lambda/(2m): then the cost is another one.)"
    ),
    "l2-on-bias": (
        "The penalty is the sum of the squared weights; the biases are not in it. A bias only shifts a unit and is not "
        "made smaller. So nothing is added to {db}."
    ),
    # whole gradient
    "sign-flipped": (
        "Every entry has the right size and the wrong sign: it is the direction of descent, not the gradient. The gradient "
        "points uphill; the minus belongs in the update, W - rate * dW. Look for target minus output, or a minus in what "
        "is returned."
    ),
    "constant-factor": (
        "Every entry is the same multiple of the right one, so the formula is right up to one number. Look at the factor "
        "in front of the cost, 1/2 or 1/{m}, and at the 2 that a square gives: one of them is counted once too often or "
        "not at all."
    ),
    "zero-gradient": (
        "All gradients of layer {layer} are 0, so this layer would never learn. They were set to 0 and never filled, or a "
        "loop over the layers ends one layer too early."
    ),
    "layers-swapped": (
        "The numbers are right and stand in the wrong place: what is returned for one layer belongs to another. Lists "
        "filled from the last layer to the first must be turned round, or filled at the front."
    ),
    "wrong-order": (
        "Row i of every array belongs to example i. A product over the batch pairs {delta} with the {input} of the same "
        "example. Here one of the two is in another order (reversed, shifted, shuffled alone), or the entries of the "
        "gradient are."
    ),
    "constant-added": (
        "The gradient is right up to a number that is added to it. A derivative has no such term: a small number that "
        "guards a division belongs below the line only, and a learning rate or a bias of the update has no place here."
    ),
    "gradient-clipped": (
        "Large entries were cut off at a bound. Clipping is a choice of the optimiser: it comes after the gradient, in the "
        "update. What is returned here must be the derivative itself, however large it is."
    ),
    # behaviour
    "numeric-gradient": (
        "These numbers come from nudging each parameter and running the cost again. That is good for checking a gradient: "
        "but it is slow, a few digits are lost, and the exercise asks for the chain rule. Compute the gradient from the "
        "deltas."
    ),
    "float32-precision": (
        "The formula is right, the numbers have only some 7 digits: somewhere the arrays became float32, by a dtype or by "
        "a constant of another library. Compute in float64, which has 16."
    ),
    "unstable-formula": (
        "The formula is right on paper, yet in floating point it breaks: exp of a large number overflows, ln 0 is -inf, 1 "
        "- a loses its digits near a = 1. Rewrite it: subtract the largest score before softmax, and use a - y where the "
        "slopes cancel."
    ),
    "accumulates-across-calls": (
        "Each call adds its gradient to that of the last one, so only the first call is right. The arrays that are added "
        "to must be new, or set to 0, at the beginning of each call."
    ),
    "mutates-inputs": (
        "The function changes arrays that it was handed, parameters or data. Whoever calls it next works with other "
        "numbers and does not know it. NumPy arrays are passed without a copy: write W = W - step instead of W -= step, or "
        "copy first."
    ),
    "nondeterministic": (
        "Two equal calls give different gradients. So there is chance in it (random weights, shuffling, dropout), or "
        "something is read that was never set. A gradient depends on parameters and data alone."
    ),
    "works-for-one-example-only": (
        "For a single example the numbers are right, for several they are not. Something treats the batch as one example: "
        "a product where the sum over the examples is missing, an index [0], or a sum over too much."
    ),
    "wrong-forward": (
        "The forward pass in this line is not the one of the network asked for: another activation, another cost or "
        "another sum. The backward pass may fit it and still gives the gradient of that other network. Change the forward "
        "pass to the formula below, then the slopes that belong to it."
    ),
    "unknown": (
        "Start at the quantity named here, the wrong one nearest the output, "
        "and compare your line with the formula, factor by factor, for one example and with small round numbers."
    ),
}
