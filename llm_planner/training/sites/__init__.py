"""Random sites (places, robots, items) in five languages, for training data."""
