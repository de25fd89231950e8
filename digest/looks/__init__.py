"""An operator's own templates: read once, put over the built-in ones, set aside where they fail."""
