"""What is different about a selection: its two sides, what they hold, and how well each field tells them apart."""
