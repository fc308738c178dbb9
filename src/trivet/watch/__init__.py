"""Who waits for whom: an outside look at a database, told to the traces that stand still because of it.

A statement that waits for a lock shows as a slow span, and does not know why; the one that holds the lock may not
show at all. `trivet watch` asks the database, finds the traces on both sides, and puts a record on the waiting span.
"""
