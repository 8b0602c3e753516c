"""Which customers may be one person: normal forms, agreement, weights, blocking. Pure Python."""
