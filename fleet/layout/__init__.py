"""The site graph and its readers: LIF 1.0 in, one `SiteGraph` out."""
