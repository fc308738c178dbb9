-- OTLP strings are declared `bytes` on the way in; what is not UTF-8 becomes U+FFFD here.
CREATE OR REPLACE FUNCTION trivet_utf8 AS (bytes) -> toValidUTF8(bytes)
