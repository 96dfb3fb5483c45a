"""What is said to a reader, in each language? One catalogue a language; what is decided never reads it."""

DOORS = ("durations", "sentence")
