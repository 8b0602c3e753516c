"""Measured promises. Each script sets its figure beside a limit or a peer of the same run."""
