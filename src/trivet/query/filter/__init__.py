"""The filter language.

`parse.py` makes a typed tree (`tree.py`) of the text, `fields.py` says what the names in it mean, and `compile.py`
turns it into SQL in which every value is a bound parameter.
"""
