"""What is drawn where: pure arithmetic, no Django, no language."""
