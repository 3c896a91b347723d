"""Who may enter which node next: exclusive holdings by geometry, never unsafe, never stuck."""
