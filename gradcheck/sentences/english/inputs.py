"""Messages about arrays that hold no usable numbers."""

SENTENCES = {
    "is-none": "is None, expected an array of numbers",
    "no-numbers": "is no array of numbers: {error}",
    "complex": "holds {dtype}, expected real floats: take the real part or the modulus, whichever is meant",
    "structured": "is a structured array with the fields {fields}, expected real numbers; use a dict",
    "dtype": "is of dtype {dtype}, expected real floats",
    "masked": "is masked at {where}: fill it, such as with np.ma.filled(..., 0)",
    "objects": "is an array of Python objects with {described}{where}, expected real numbers",
    "holds": "{name} holds {dtype}, expected real numbers (float64 or float32)",
    "holds-not-finite": "{name} holds a number that is not finite; a gradient is checked at finite points",
    "y-shape": "y has shape {shape}, expected ({examples}, {outputs}): a column for each output, one-hot",
    "takes-floats": "{library} takes floats alone; its formula in NumPy could be followed",
    "computes-in": "{library} computes in {dtype} here, not in complex numbers",
    "formula-gives": "formula gives {expected} at x, the function {value}: they are not the same function",
    "its-one-entry": "its one entry",
    "at": " at {index}",
    "a-type": "a {type}",
    "an-integer": "an integer",
    "part": "{name} {problem}",
    "no-array": "x holds no array: there is nothing to differentiate by",
}
