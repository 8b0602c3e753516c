"""Offerman as its neighbours' ports see it."""
