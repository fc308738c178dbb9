-- A migration that was cut off begins again.
TRUNCATE TABLE root_hours
