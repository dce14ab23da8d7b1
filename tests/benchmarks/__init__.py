"""How fast and how small the program is, held against a yardstick in the same run."""
