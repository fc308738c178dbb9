"""What can be said about one trace: pure functions of its spans, in linear time and without recursion.

`spans.py` is what they are given, `timeline.py` the tree with corrected clocks that most of them stand on, and
`explain.py` asks them all. Instants are unix nanoseconds, durations nanoseconds, spans are rows (indices).
"""
