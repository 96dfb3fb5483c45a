"""What a derivation says, in English."""

PROSE = {
    # title and result
    "title": "Backpropagation for {network}",
    "result.proven": "**Proven.** The recursion below is the derivative of the cost, for every one of the {count} "
    "parameters: {method}.",
    "result.tested": "**Tested, not proven.** The recursion below passed an exact identity test for all {count} "
    "parameters: {method}.",
    "result.refuted": "**Refuted.** The recursion below is not the derivative of the cost. The first quantity "
    "that is wrong, counted from the output back, is {quantity}.",
    "result.lines": "Each of the {lines} printed equalities was evaluated, as it is printed, before it was "
    "printed.",
    "method.expansion": "each rule as a lemma, and the whole network by expansion",
    "method.induction": "each rule as a lemma, chained from the output layer back",
    "method.field": "exact arithmetic in a prime field, at a random point",
    "method.agreement": "rigorous enclosures at random points, which meet",
    "method.balls": "rigorous enclosures at a random point, which do not meet",
    # 1 notation
    "notation.title": "1 Notation and the network",
    "notation.network": "The network has {inputs} inputs and {layers} layers with weights, {parameters} "
    "parameters in all. The signal runs forward, from the inputs to the cost; the error flows back along the same "
    "lines.",
    "notation.network-one": "The network has {inputs} inputs and one layer with weights, {parameters} parameters "
    "in all: no hidden layer. The signal runs forward, from the inputs to the cost; the error flows back along "
    "the same lines.",
    "notation.figure": "Forward: the signal. Back: the error. {elided}",
    "notation.figure-elided": "Of wide layers only the first and last units are drawn.",
    "notation.symbol": "symbol",
    "notation.meaning": "meaning",
    "notation.size": "size",
    "notation.x": "input of one example",
    "notation.y": "target of one example",
    "notation.W": "weights of layer {layer}: row = to, column = from",
    "notation.b": "biases of layer {layer}",
    "notation.z": "weighted inputs of layer {layer}",
    "notation.a": "activations of layer {layer}: {activation}",
    "notation.a-output": "outputs: {activation}",
    "notation.delta": "error of layer {layer}",
    "notation.c": "cost of one example",
    "notation.C": "cost of the batch",
    "notation.m": "number of examples in the batch",
    "notation.lam": "strength of the l2 penalty, {value} here",
    "notation.layer": "A raised number is a layer, never a power: powers stand behind brackets, {power}.",
    "notation.index": "Indices count from 1, as on a board, to the unit first, then from it; code counts from 0: "
    "{weight} is {code}.",
    "notation.example": "{names} belong to one example {e}; {sum} adds over the {m} examples of the batch. The "
    "1/m of the average is part of the cost, hence of {delta}.",
    "notation.error": "{delta}, the error of a unit, is the derivative of the cost by its weighted input: "
    "{definition}.",
    "notation.hadamard": "{sign} multiplies entry by entry.",
    # 2 forward
    "forward.title": "2 Forward pass",
    "forward.layer": "Layer {layer}",
    "forward.layer-output": "Layer {layer}, the output",
    "forward.affine": "Each unit adds up its inputs, each times its weight, and its own bias. For unit {j}, and "
    "for the whole layer:",
    "forward.affine+nobias": "Each unit adds up its inputs, each times its weight; there are no biases. For unit {j}, and "
    "for the whole layer:",
    "forward.affine-entries": "Unit by unit:",
    "forward.activation": "Then each unit applies its activation function:",
    "forward.activation-identity": "The activation is the identity: {a} is {z}.",
    "forward.softmax": "Softmax turns the weighted inputs into probabilities: each output is positive, together "
    "they make 1. Each of them depends on all weighted inputs.",
    "forward.definition": "The function and its slope, with {a} for the value of the function:",
    "forward.kink": "At {kink} the function has a kink, and no derivative. The convention here, as in PyTorch and "
    "TensorFlow, is the slope from the left.",
    # 3 cost
    "cost.title": "3 The cost",
    "cost.quadratic": "How wrong is the output? For one example, half the squared distance from the target:",
    "cost.mse": "How wrong is the output? For one example, the mean of the squared distances from the target over "
    "the outputs:",
    "cost.bce": "How wrong is the output? For one example, minus the logarithm of the probability that the "
    "outputs give to the targets, each output a yes or no of its own:",
    "cost.cross_entropy": "How wrong is the output? For one example, minus the logarithm of the probability that "
    "the output gives to the right class:",
    "cost.huber": "How wrong is the output? For one example, the Huber function of each distance: a square near "
    "the target, a straight line far from it:",
    "cost.other": "How wrong is the output? For one example:",
    "cost.batch": "The cost of the batch is the average over its {m} examples:",
    "cost.l2": "A penalty on large weights (not on biases) is added. It does not depend on the data and is not "
    "averaged:",
    "cost.l2+l2b": "A penalty on large weights and biases is added. It does not depend on the data and is not averaged:",
    "cost.l2+nobias": "A penalty on large weights is added. It does not depend on the data and is not averaged:",
    "cost.goal": "Training asks for one number per parameter: how does {C} change when this parameter changes a "
    "little, and nothing else?",
    # 4 games
    "games.title": "4 Who hears of the error directly",
    "games.two": "Think of a guessing game for two. The player in the **yellow hat**, the output, hears the hints "
    "{x} and makes a guess {a}. The player in the **blue hat**, the error, says how far off the guess is. The "
    "only parameters stand between the hints and the yellow hat, so what the blue hat says tells them directly "
    "how to change: follow the slope of the cost. Gradient descent alone suffices.",
    "games.two-logistic": "This is logistic regression.",
    "games.two-softmax": "This is softmax regression.",
    "games.three": "Think of the guessing game for two: the player in the **yellow hat** hears hints and guesses, "
    "the player in the **blue hat** says how far off the guess is, and the parameters between them learn from it "
    "directly. Now a **girl**, the hidden layer, stands between the hints and the yellow hat. She hears the hints "
    "and passes on what she makes of them. The blue hat speaks to the yellow hat only: nobody ever tells the girl "
    "what she should have said.",
    "games.three-how": "Her parameters can still learn. The yellow hat knows how strongly each of her words moved "
    "its guess: that is the weight on it. So the yellow hat passes the blame back, weighted, and the girl "
    "multiplies it by how sensitive she was. Passing blame back is backpropagation; the blame is {delta}.",
    "games.table": "How far each layer's parameters are from the cost.",
    "games.layer": "layer",
    "games.links": "links from a weight to the cost",
    "games.paths": "paths from a weight to the cost",
    "games.sees": "sees the error",
    "games.directly": "directly",
    "games.indirectly": "through layer {layer}",
    # 5 chain rule
    "chain.title": "5 The chain rule along every path",
    "chain.start": "Take one weight, {weight} (in code {code}), and wiggle it. The change travels to the cost "
    "along every path that leads there. Along a path the slopes multiply; over the paths they add.",
    "chain.count-one": "From {weight} there is one path to the cost:",
    "chain.count": "From {weight} there are {count} paths to the cost:",
    "chain.count-some": "From {weight} there are {count} paths to the cost. The first {shown}:",
    "chain.path": "Path {number}: {path}",
    "chain.too-many": "Nobody wants to write {count} products. And nobody has to.",
    "chain.sum": "Added up, with the factors that all paths share written once, behind the bracket:",
    "chain.sum-one": "So for this weight:",
    "chain.sum-many": "All of them run through the weighted input of one unit. What comes after it is one factor:",
    "chain.penalty": "The last term is the penalty: it reaches the weight by a road of its own.",
    "chain.observe": "Now look at what is left when the last factor is taken away. It does not know which weight "
    "of the unit was wiggled: **the same factor stands in the derivative for every weight and the bias of this "
    "unit**. It gets a name, delta; it is the derivative of the cost by the weighted input of the unit.",
    "chain.observe+nobias": "Now look at what is left when the last factor is taken away. It does not know which weight "
    "of the unit was wiggled: **the same factor stands in the derivative for every weight of this unit**. It gets a "
    "name, delta; it is the derivative of the cost by the weighted input of the unit.",
    "chain.reuse": "With delta every parameter of the unit costs one more multiplication:",
    "chain.saved": "And the deltas of a layer are made from those of the layer above: {deltas} deltas in all, "
    "each computed once, instead of {paths} paths from the weights of the first layer.",
    # 6 BP1
    "bp1.title": "6 BP1: the error at the output",
    "bp1.start": "Delta of an output says how the cost changes with the weighted input of that output.",
    "bp1.chain": "One link is the cost, one is the activation:",
    "bp1.cost-derivative": "The link of the cost, by differentiating it:",
    "bp1.slope": "The link of the activation:",
    "bp1.product": "Together:",
    "bp1.identity": "The slope of the identity is 1, so that only the error is left:",
    "bp1.sigmoid-bce": "Cost and activation match: the slope of the sigmoid cancels against the denominator of "
    "the cost. A saturated output that is wrong still learns at full speed:",
    "bp1.sigmoid-cross-entropy": "The output cancels, and what is left is one minus it:",
    "bp1.softmax-chain": "Every output of a softmax depends on this weighted input, so that every output is a "
    "link:",
    "bp1.jacobian": "The links of the softmax, all of them: its Jacobian matrix. On the diagonal an output by its "
    "own weighted input, beside it by another's:",
    "bp1.softmax": "With {g} for the link of the cost and {s} for the sum of all {product}:",
    "bp1.softmax-insert": "Put both links in, cancel what stands above and below, and collect:",
    "bp1.softmax-cross-entropy": "The targets of an example are probabilities and sum to 1. Cost and activation "
    "match:",
    "bp1.softmax-bce": "Multiplied out, so that no two nearly equal numbers are subtracted. Here {q} is the sum "
    "of the other outputs, which is one minus the output, and a softmax of fewer weighted inputs is the share "
    "among those alone:",
    "bp1.all": "For all outputs:",
    "bp1.rule": "In general:",
    "bp1.helpers": "with",
    # 7 BP2
    "bp2.title": "7 BP2: the error one layer back",
    "bp2.none": "This network has no hidden layer: the error has nowhere further to go.",
    "bp2.start": "A hidden unit has no target. Its error is what it contributed to the errors above it: each of "
    "them, times the weight on the way there, times its own slope. The matrix is the one of the forward pass, "
    "transposed: it is read by columns.",
    "bp2.layer": "From layer {above} to layer {layer}",
    "bp2.sizes": "{W} is {rows} × {columns}; its transpose, {columns} × {rows}, leads from {rows} above to "
    "{columns} below.",
    "bp2.entries": "Unit by unit:",
    "bp2.slope": "The slope can be had from the activation that the forward pass left behind: {slope}.",
    # 8 BP3, BP4
    "bp34.title": "8 BP3 and BP4: the parameters",
    "bp34.title+nobias": "8 BP4: the parameters",
    "bp34.bias": "The weighted input has slope 1 in its bias. Each example of the batch contributes:",
    "bp34.weight": "Its slope in a weight is what came in through that weight: what flows in, times the error "
    "that flows out.",
    "bp34.weight+nobias": "The slope of a weighted input in a weight is what came in through that weight: what flows in, "
    "times the error that flows out. Each example of the batch contributes; there are no biases, hence no BP3.",
    "bp34.average": "The batch average is already in delta: the errors of the examples are added, not averaged "
    "again.",
    "bp34.l2": "The penalty adds {term} to each weight's derivative, once for the batch, and nothing to a bias.",
    "bp34.l2+l2b": "The penalty adds {term} to each weight's derivative, and lambda times the bias to each bias's, once "
    "for the batch.",
    "bp34.l2+nobias": "The penalty adds {term} to each weight's derivative, once for the batch.",
    "bp34.code": "The whole recursion in NumPy, one row an example:",
    # 9 closed forms
    "closed.title": "9 Every partial derivative",
    "closed.start": "All {count} of them, in terms of the quantities of the forward pass and of delta.",
    "closed.some": "There are {count}; of each layer the first and the last are shown. The JSON report has them "
    "all.",
    "closed.left-out": "There are {count}; of each layer the first and the last are shown, here and in the JSON report. "
    "The others are the same formulas with other indices.",
    "closed.layer": "Layer {layer}",
    "closed.expanded": "Written out in x, W and b",
    "closed.expanded+nobias": "Written out in x and W",
    "closed.expanded-start": "With every name replaced by what it stands for. This is what the recursion saves: "
    "compare the lengths.",
    "closed.expanded-one": "This is one of them. The longest has {longest} symbols, all together {together}; "
    "`--expand` writes out all, up to {limit} symbols.",
    "closed.not-expanded": "Written out in x, W and b alone, the longest of these would have {longest} symbols "
    "and all together {together}; they are not shown. A smaller network shows them; `--expand` shows them up to "
    "{limit} symbols in all.",
    "closed.not-expanded+nobias": "Written out in x and W alone, the longest of these would have {longest} symbols "
    "and all together {together}; they are not shown. A smaller network shows them; `--expand` shows them up to "
    "{limit} symbols in all.",
    # 10 proof
    "proof.title": "10 The proof",
    "proof.claim": "Claim: for every parameter, the right side above is the derivative of the cost, taken "
    "directly.",
    "proof.lemmas": "**Lemmas.** Each rule is compared, entry by entry, with SymPy's derivative of the forward "
    "statements of its layer, for an arbitrary cost above the layer:",
    "proof.rule": "rule",
    "proof.layer": "layer",
    "proof.entries": "entries",
    "proof.verdict": "verdict",
    "proof.equal": "equal",
    "proof.induction": "**Induction.** BP1 gives delta of the output layer. If delta of a layer is right, BP2 "
    "gives the one below, and BP3 and BP4 the parameters of the layer. So all of them are right, in every layer.",
    "proof.induction+nobias": "**Induction.** BP1 gives delta of the output layer. If delta of a layer is right, BP2 "
    "gives the one below, and BP4 the weights of the layer. So all of them are right, in every layer.",
    "proof.expansion": "**The whole network.** Independently of the lemmas for the layers, the last weighted "
    "inputs were written out in x, W and b, the cost was differentiated directly by each of the {count} "
    "parameters, and the recursion's result, written out as well, was subtracted. SymPy's `expand` makes every "
    "difference 0.",
    "proof.expansion+nobias": "**The whole network.** Independently of the lemmas for the layers, the last weighted "
    "inputs were written out in x and W, the cost was differentiated directly by each of the {count} "
    "parameters, and the recursion's result, written out as well, was subtracted. SymPy's `expand` makes every "
    "difference 0.",
    "proof.field": "The network is too large to be proven entry by entry. Instead the recursion was run at a "
    "random point of the field of integers modulo 2^61 - 1, where nothing is rounded, and compared with the "
    "direct derivative of the cost along a random direction (dual numbers, no delta). Both are **equal**. If the "
    "recursion were wrong, they would be equal by accident with a probability of at most {probability} (Schwartz "
    "1980, Zippel 1979).",
    "proof.agreement": "Some step uses more of an activation than the proof knows, so that SymPy could not decide "
    "it. At random points the gradient of the recursion and the direct derivative of the cost, each in an "
    "interval with 50 digits, are equal. That is no proof; a difference would have been one of the opposite.",
    "proof.refuted": "The comparison fails at {quantity}, and at a random point the gradient of the recursion and "
    "the direct derivative lie in intervals that do not meet. The recursion is wrong.",
    "proof.refuted-field": "In the field of integers modulo 2^61 - 1 recursion and direct derivative differ, "
    "first at {quantity}. The recursion is wrong.",
    "proof.assumes": "What this takes for granted:",
    "assume.slope": "each activation has the slope of section 2. Apart from that the proof knows nothing of it, "
    "so it holds for any.",
    "assume.kink": "no weighted input lies on a kink; there the convention of section 2 decides.",
    "assume.targets": "the targets of each example sum to 1.",
    "assume.batch": "the examples of a batch do not influence each other, so that one example stands for all.",
    # 11 numbers
    "numbers.title": "11 With numbers",
    "numbers.one": "The same with numbers, for one example.",
    "numbers.many": "The same with numbers, for a batch of {m}. Lines for one example are those of the first.",
    "numbers.inputs": "Inputs and targets",
    "numbers.example": "example {number}",
    "numbers.forward": "Forward",
    "numbers.cost": "Cost",
    "numbers.backward": "Back",
    "numbers.gradients": "Derivatives",
    "numbers.quantity": "quantity",
    "numbers.table": "All quantities",
    "numbers.table-some": "The first quantities of each layer",
    "numbers.step": "One step of gradient descent",
    "numbers.step-start": "Every parameter moves against its derivative, by the learning rate {eta} times it:",
    "numbers.step-some": "As in the source, only {keys} move, each against its derivative, by the learning rate "
    "{eta} times it:",
    "numbers.before": "before",
    "numbers.derivative": "derivative",
    "numbers.after": "after",
    "numbers.parameter": "parameter",
    "numbers.cost-falls": "The cost falls from {before} to {after}.",
    "numbers.cost-rises": "The cost rises from {before} to {after}: this learning rate steps over the minimum.",
    "numbers.cost-stays": "The cost stays at {before}: the gradient is zero here.",
    # 12 check
    "check.title": "12 Check against differences",
    "check.start": "Whoever does not trust a derivation can change a parameter a little and look at the cost, no "
    "calculus needed:",
    "check.step": "with {h}, computed with 57 digits so that nothing is lost to rounding.",
    "check.point": "At a random point (seed {seed}):",
    "check.given": "At the point of the section above:",
    "check.derived": "derived",
    "check.difference": "difference quotient",
    "check.gap": "apart by",
    "check.some": "{shown} of {count} parameters, spread over all layers.",
    "check.good": "They agree as far as the difference quotient can tell.",
    "check.kink": "They do not agree everywhere. Either a weighted input lies on a kink here, where there is no "
    "derivative, or this report is wrong.",
    # progress
    "progress.proof": "proving",
    "progress.lines": "checking formulas",
    "progress.json": "writing the steps",
    "progress.check": "differences",
    # published figures
    "published.title": "13 The published numbers",
    "published.source": "Source: {source}.",
    "published.quantity": "quantity",
    "published.name": "name there",
    "published.published": "published",
    "published.here": "here",
    "published.verdict": "verdict",
    "published.steps": "after steps",
    "published.match": "match",
    "published.rounded": "match, as far as printed",
    "published.wrong": "differs",
    "published.why": "Where a figure differs, the published one is off. It comes out with this mistake of the "
    "catalogue: {why}.",
}
