"""Adapters of omniman's own ports for a project without neighbours."""
