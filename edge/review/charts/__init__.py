"""Charts of a period, drawn as SVG without a script."""
