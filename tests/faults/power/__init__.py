"""Power cuts: what a program really wrote is recorded once, and cut off at any moment as often as wanted.

`recording` runs a program under strace and reads what it did to a folder; `disk` says what a journaling file system may
show of that after a cut; `cuts` cuts, starts the store on what is left, and looks at the record.
"""
