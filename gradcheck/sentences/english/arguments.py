"""What is wrong with what `check_grad` was handed."""

SENTENCES = {
    "as-float64": "{leaf}: handed to the code as float64",
    "f-fails": "f fails where {told} is a NumPy array of floats ({error}): {advice}{labels}",
    "other-value": "f gives another value where {told} is a NumPy array of floats: {advice}",
    "plain-floats": "hand over plain float arrays",
    "by-adapter": "check_grad(*{adapter}(f), x) with x as NumPy arrays",
    "labels": "; what is not differentiated (labels, sizes) belongs into the function, not into x",
    "first-the-cost": "; of the {count} parts, is the first the cost? then check lambda x: f(x)[0]",
    "returned-none": "f returned None, expected a number or an array: is a return missing?",
    "returned-nothing": "f returned nothing, expected a number or an array",
    "a-truth-value": "{name} is a truth value, expected a real number{advice}",
    "grad-is": "grad is a {type}, expected a function that returns the gradient",
    "grad-needs-more": (
        "f returned one number, and grad cannot be called with x alone; a backward pass that is given a cotangent is "
        "judged by check_vjp, further arguments are bound by functools.partial"
    ),
    "returned-a-tuple": (
        "f returned a tuple of {count} parts, and grad is given x alone: if the first is the cost, check lambda x: "
        "f(x)[0]; if the second is the gradient, give f_and_grad=True and grad=None"
    ),
    "returned-an-array": (
        "f returned an array of shape {shapes}, expected one number for a grad that is given x alone: sum it up to a "
        "cost; or give grad a second argument, the cotangent v (it returns the gradient of sum(v * f(x))), or "
        "jacobian=True"
    ),
    "method": "method is {method}, expected {expected:or}",
    "either": "give either f and grad, or one function with f_and_grad=True and grad=None",
    "a-pair": "with f_and_grad=True f returns (value, gradient), got {type}",
    "jacobian-one-array": "jacobian=True needs a function that returns one array",
    "no-entries": "the function returns shape {shape}, without entries: there is nothing to differentiate",
    "list-of-numbers": "x, a list of numbers",
    "holds": "{name} holds {held}, expected real numbers (float64 or float32); try {name}.astype(float)",
    "f-is": "f is a {type}, expected a function of x",
    "in-f-of-x": "{name} {problem}{advice}",
}
