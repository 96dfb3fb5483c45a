"""Which networks are there by name, with their data, and what was published of them?"""

DOORS = ("presets", "published", "stories", "worked_examples")
