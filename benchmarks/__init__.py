"""Measure speed and memory of the program against yardsticks in the same run."""
