"""Pure arithmetic and decisions of orders: no Django, no clock."""
