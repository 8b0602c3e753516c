"""Omniman: orders, frozen as they were told."""
