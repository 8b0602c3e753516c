"""Customers from elsewhere: files of other systems, and records that still have no customer."""
