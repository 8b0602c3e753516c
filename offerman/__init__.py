"""Offerman: prices by the customer's price list."""
