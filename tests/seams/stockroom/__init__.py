"""An app with no customer relationship, as a stock or production app of a suite would be.

It knows the kernel only; the project wires omniman's facts to it by the outbox, as it would in
``config/wiring.py``.
"""
