"""Who buys, who leaves, what they are worth."""
