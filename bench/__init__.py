"""Repeatable measurements: `python -m bench` runs all, `python -m bench.receive` one. Each prints ratios against a peer
that ran in the same minute on the same machine; absolute figures only mean something beside those."""
