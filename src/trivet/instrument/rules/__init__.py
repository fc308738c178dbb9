"""One file a library: which of its calls become spans, and what they say."""
