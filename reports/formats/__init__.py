"""How does a document read in each format? One file a format, with a function `render`."""

DOORS = ("html", "pdf")
