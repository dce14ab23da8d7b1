"""The two full screens: login and browser."""
