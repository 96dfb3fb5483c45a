"""What do the numbers of a file tell: in which way it is to be asked, and for which network?"""

DOORS = ()
