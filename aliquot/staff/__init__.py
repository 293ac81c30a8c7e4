"""Back-office pages; it replaces the framework's admin, which is not installed."""
