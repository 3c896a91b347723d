"""Movement in steps: all robots move at once, one edge a step. For benchmarks against the literature and for look-ahead;
robots on a floor are moved by the event-driven engine (fleet/traffic/engine.py)."""
