"""Who does what, in which order: one function, `solve.plan`, over an immutable snapshot."""
