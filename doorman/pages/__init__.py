"""The login pages: plain HTML, no script."""
