"""groupstui: who is in which Testmo group, answered in a terminal."""

__version__ = "0.1.0"
