"""What does a file hold that nobody vouches for? CSV, JSON and arrays, refused in one sentence where they are damaged."""

DOORS = ("csv_data", "stored_arrays", "strict_json")
