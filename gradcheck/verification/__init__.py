"""Do the witnesses agree on our own networks, and who catches which mistake?"""

DOORS = ("default_networks", "published_section", "qualification", "report", "verify")
