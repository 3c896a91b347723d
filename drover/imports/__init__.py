"""Layouts drawn with other tools, as a site of ours: openTCS models, Open-RMF buildings, bare LIF files."""
