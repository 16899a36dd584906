"""Does a chat model tell its user what a gateway really said? Rows of bytes, judged for any class.

`rows.py` has the rows, `asking.py` puts one to a model, `judges.py` says whether its user was told
the truth. Nothing here knows a class by name but `contender.py`; `benchmarks/fidelity` puts the
same rows to rivals.
"""
