"""The sample shop of ``seed_demo``."""
