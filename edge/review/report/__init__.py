"""A period on one page, to print or to hand on."""
