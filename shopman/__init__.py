"""The kernel: what the four apps of the suite share, and nothing more."""
