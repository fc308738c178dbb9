"""One trace: all of it, its shape, the line that a list shows of it, and finding in it."""
