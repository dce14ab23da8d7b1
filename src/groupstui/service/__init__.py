"""The service behind every screen and command."""
