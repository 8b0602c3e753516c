"""The arithmetic of insights: pure functions of integers, dates and parameters."""
