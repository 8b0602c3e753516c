"""Every change to a customer goes through a function of this package.

Functions read with their module: ``customer.create(...)``, ``contact_point.verify(...)``.
"""
