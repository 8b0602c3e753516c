"""Guestman: who a customer is. The single source of truth for the suite."""
