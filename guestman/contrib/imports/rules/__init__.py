"""What a file says, read and judged without a database."""
