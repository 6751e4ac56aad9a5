"""The page on which a class looks at what was seen."""
