"""Listeners: a request is let in, checked, counted and handed to the spool; 200 is said when it is on disk.

`http` and `grpc` speak to senders and know nothing of each other; both go through `admission` (who, how much) and
`intake` (decode, append, count). `listen` binds the addresses, `protocol` keeps slow and idle HTTP connections in
bounds, `receiver` is the room as the pipeline sees it.
"""
