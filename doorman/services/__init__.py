"""What the door does."""
