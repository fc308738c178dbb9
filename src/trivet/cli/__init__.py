"""The command line: a verb a file, no logic of its own. `main` finds the verb, `client` asks the server, `draw` shows.

Data goes to stdout, everything else to stderr. Exit status: 0 done, 1 failed, 2 cannot start or wrongly called.
"""
