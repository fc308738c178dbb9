"""The company: it stores and edits screen videos, and this is the day its migration stalls.

Customers upload to `web` (Node, in a container that freezes between requests); `accounts` (FastAPI, PostgreSQL) knows
who they are; BullMQ on Redis hands each video to a `worker` (Python, ffmpeg); `migrate` moves the old documents of
the accounts into PostgreSQL. `show` starts all of it and a server. The parts are real, and so are the failures: the
waits wait for PostgreSQL's locks, the statement without an index walks the table, ffmpeg refuses what is broken.
"""
