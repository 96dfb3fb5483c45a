"""What is wrong with the options of a command, and with the files they name."""

SENTENCES = {
    "seed": "--seed is {seed}, expected a whole number >= 0",
    "point-of-one": "--point belongs to one network, got {count}; name the one it is a point of",
    "certificate-of-one": "--certificate is of one network, got {count}; name the one to certify",
    "two-files": "{path} is named for two files; give each a name of its own",
    "overwritten": "{path} is read (as {source}) and would be overwritten; give what is written another name",
    "output-into": "standard output goes into {path}, which is used otherwise; let it go elsewhere",
    "not-written": "{path} was not written: {error}",
    "wrote": "wrote {path}",
    # --point
    "batch": "m is {m}, expected a batch of at least one example",
    "lacks": "{path} lacks {missing}; a point of {network} has {expected}",
    "neither": "{path} is neither .npz nor .json; a point has the keys {keys}",
    "object": "a point is an object with the keys {keys}",
    "unread": "cannot read the point {path}: {error}",
    "no-point": "{path} holds no point: {error}",
    "it": "it {reason}",
}
