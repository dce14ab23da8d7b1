"""Screens and dialogs: each with its own state and workers."""
