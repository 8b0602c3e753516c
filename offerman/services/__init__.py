"""What offerman does: quotes, products, price lists, imports of price lists."""
