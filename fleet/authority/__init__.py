"""Who may act: fences, leases, the reassign rule and inhibits. Pure; every time is the caller's own monotone clock."""
