"""Customers that may be one person, suggested to staff with the reasons. Nothing is ever merged."""
