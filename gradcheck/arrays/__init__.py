"""What stands for an array, and how are dicts, lists and tuples of arrays read and made again?"""

DOORS = ("nearness", "pytree", "plain_arrays")
