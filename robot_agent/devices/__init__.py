"""Doors, lifts and chargers on the edge broker: a small agent for each, with the fence's gate in it (docs/devices.md)."""
