"""The words for what can go wrong, `code` in an error of the API: what each means for whoever asked.

Every word that the server uses stands here (tests/serve/test_openapi.py looks for others), and none may go away.
"""

CODES = {
    "ambiguous_metric": "the name stands for several metrics; the hint says how to choose",
    "bad_calculate": "what is to be calculated is not understood, or not of this kind of metric",
    "bad_cursor": "the cursor is not one that this list handed out",
    "bad_filter": "the filter is not understood; `at` is the column",
    "bad_id": "a trace or span id is not of 32 or 16 hexadecimal digits",
    "bad_json": "the body is not JSON",
    "bad_order": "the answer cannot be ordered by that",
    "bad_parameter": "a parameter is missing, unknown, of the wrong type or outside its limits",
    "bad_promql": "the PromQL expression is not understood, or has no answer over these series",
    "bad_sql": "the statement is not understood; `at` is the place",
    "bad_time": "a time is not understood, or the range ends before it starts",
    "full": "too much at once for this server: ask again after `Retry-After` seconds",
    "internal": "a fault of the server's own; its log says more",
    "invalid": "the request is wrong and stays wrong when repeated",
    "not_allowed": "known, but forbidden: the token is for something else, or the statement would do more than read",
    "not_found": "there is nothing of that id or at that address",
    "quota": "this caller asks too much: ask again after `Retry-After` seconds",
    "replaced": "a newer question of the same `Trivet-Replaces` slot has taken this one's place",
    "too_expensive": "over the budget of time, memory or rows of one question; the message names the setting",
    "too_large": "a body over a limit; the message names it",
    "unauthenticated": "no token, or none of this server's",
    "unavailable": "a part that is needed is down or restarting: ask again after `Retry-After` seconds",
    "unsupported": "a content type or encoding that is not read here",
    "wrong_method": "nothing answers this method at this address",
}
