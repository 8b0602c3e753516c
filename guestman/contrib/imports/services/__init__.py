"""Files read, judged, written and taken back."""
