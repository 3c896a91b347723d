"""The cloud: API, page, planning, and the hub that edge nodes connect to."""
