"""Training data and training of the language model: runs offline, never inside a service."""
