"""How is a file asked, and what do the numbers it gives tell: in which way it is meant, and for which network?"""

DOORS = ()
