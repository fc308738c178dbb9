"""`trivet instrument new LIB`: a look at an installed library, and the rule file and test to start from.

`library` finds it and who tells of it, `calls` what can be called, `words` what the names say of it, `choice` which
calls matter, `files` writes. A program never imports this.
"""
