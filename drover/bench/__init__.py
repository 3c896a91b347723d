"""Benchmarks that `drover bench` runs, each against its baselines in the same run."""
