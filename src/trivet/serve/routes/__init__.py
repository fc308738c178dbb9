"""The calls of the API, a topic a file: each function takes what was asked and gives the answer, both typed."""
