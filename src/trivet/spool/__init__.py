"""The only queue: raw OTLP requests on disk, one append-only stream a signal, a cursor a consumer.

`Spool.append` answers once the bytes survive a power cut. `segment` draws the format, `commit` makes groups durable,
`stream` is read by consumers, `cursor` remembers how far each has come, `batches` knows the keys of resent requests.
"""
