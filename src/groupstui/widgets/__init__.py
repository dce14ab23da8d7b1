"""What is drawn: widgets that know rows and reactives, and nothing of sites, tokens or settings."""
