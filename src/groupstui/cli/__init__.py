"""The command line. Never imports Textual."""
