"""Whatever comes from outside, in any bytes, is either understood or refused in words: no crash, no hang, no leak.

`targets` are the doors, each with what it may answer; `seeds` what is known to pass them. `python -m tests.fuzz` asks
millions of questions, led by the code's coverage (atheris); `test_targets` asks some in every run of the tests.
"""
