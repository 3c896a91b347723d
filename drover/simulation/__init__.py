"""The whole fleet in one process on a virtual clock: the real edge core, the real agents, a simulated world and network."""
