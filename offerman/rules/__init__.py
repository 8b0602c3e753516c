"""Pure price arithmetic: no database, no clock."""
