"""Questions → SQL → rows → answers: one question a file, and `ask.py` as the only way to the store.

Nothing here writes. `filter/` is the language of the search bar, `facts/` explains one trace (pure functions),
`questions/` holds the SQL, `answers.py` the types that go out (and become the OpenAPI document).
"""
