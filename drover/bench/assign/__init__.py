"""`drover bench assign`: who carries what in which order, beside the dispatchers and solvers that others use."""
