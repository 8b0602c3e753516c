"""Pure rules of the door: no Django, no clock, no database."""
