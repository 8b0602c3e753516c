"""Orders over HTTP: for staff, and for storefronts."""
