"""Virtual robots: they speak VDA 5050 over the same broker, through the same agent as a vendor's."""
