"""The core that every tier shares: resources, messages, layout, sync, planning, traffic.

Pure code: no I/O, no clock, no randomness of its own. Time, seeds and ids come in as arguments, so that the same
classes run in production and in a seeded simulation.
"""
