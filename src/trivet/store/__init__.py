"""The store: the schema, the embedded engine, the loader, retention. The only room that writes to ClickHouse."""
