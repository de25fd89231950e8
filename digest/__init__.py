"""People get the trending research papers of their own topics in their inbox, once a day."""

__version__ = "0.1.0"
