"""The terminal: display options, clipboard, standard streams, shutdown, type-ahead and drawing."""
