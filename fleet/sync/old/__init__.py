"""The exchange of yesterday, until both shells use fleet.sync.machine."""
