"""Thin I/O shells that several tiers need alike: the MQTT link, HTTP problems and bearer tokens, process manners.

No decisions live here. Imports `fleet` only; tiers import it, it imports no tier.
"""
