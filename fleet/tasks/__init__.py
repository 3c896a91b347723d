"""From the Command IR to tasks, steps, plans and words: names, payload, capabilities, read-backs."""
