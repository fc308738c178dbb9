"""Rows that say the same but for what varies in them."""
