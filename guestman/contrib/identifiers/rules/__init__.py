"""Pure decisions: what is junk, and whose a set of claims is."""
