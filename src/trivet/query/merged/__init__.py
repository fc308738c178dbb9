"""Many traces as one tree, merged by call path: flame graphs and differences."""
