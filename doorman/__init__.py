"""Doorman: who is at the door. Passwordless customer authentication."""
