"""The one way in: everything that changes a channel, a cart or an order."""
