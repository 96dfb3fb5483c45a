"""Which loop of a script trains, and what is one pass of it?"""

DOORS = ("training",)
