"""What the program knows about terminals: capabilities, clipboard, streams, shutdown and drawing."""
