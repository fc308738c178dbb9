"""Figures of spans and log records: by group, in all and over time; and heatmaps."""
