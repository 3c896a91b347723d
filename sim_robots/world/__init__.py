"""The simulated world, pure: the same seed and the same inputs give the same motion, with or without a network."""
