"""How long a site can run without the cloud, and what ends first. Pure."""
