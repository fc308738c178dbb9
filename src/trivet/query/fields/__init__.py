"""Fields and their values: which there are, what they are called, what a row holds of them."""
