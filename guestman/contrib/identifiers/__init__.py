"""Whose is this? One table of every customer's identifiers, and the rules that decide by it."""
