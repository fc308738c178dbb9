"""A small real program under load, for a first look: a shop of videos on the day its migration stalls.

`web` takes uploads and searches, `api` keeps them in SQLite, `worker` transcodes what the queue hands it, `migrate`
moves accounts; four processes that call each other over HTTP and a queue, and `customers` that use them. `show`
starts all of it and a server. Nothing is simulated but the customers' moods: the slow queries scan, the waits wait
for real locks, the errors are raised.
"""
