"""Conventions of the suite's HTTP API. Views of every app are written against these modules."""
