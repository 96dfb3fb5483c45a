"""One run of code on balls: its values, its derivative, and what undecided comparisons leave open."""
