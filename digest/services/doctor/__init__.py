"""The doctor: looks at everything an installation needs, and changes nothing by looking."""
