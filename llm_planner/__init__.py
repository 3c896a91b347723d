"""The language planner: a sentence and a registry in, a Command IR out. It has no authority over anything."""
