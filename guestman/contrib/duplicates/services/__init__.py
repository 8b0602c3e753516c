"""Reads of guestman's rows, compared by the rules. Writes nothing."""
