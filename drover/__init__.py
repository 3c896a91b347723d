"""The command line, and `drover up`, which composes all tiers on one machine."""
