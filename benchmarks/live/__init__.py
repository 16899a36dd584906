"""Asks the gateway itself what its documents leave open, and says where it differs from us.

`gateway.py` sends and counts the money, `questions.py` has the questions with what we and the
emulator assume. `make live` runs them; nothing is asked without a key and a limit of spending.
"""
