-- How many rows there are that the catalogue does not know yet.
SELECT count() FROM {{table}} WHERE {{rows}}
