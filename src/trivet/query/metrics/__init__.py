"""Metrics: which there are, and figures of their series by group and over time."""
