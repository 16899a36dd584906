"""How well do chat models read what others recorded of real vendors? Bytes in, verdicts out.

`finder.py` looks for replies in the test data of public repositories, `reader.py` says what each of
them holds, `replay.py` puts the bytes to one chat model, `judge.py` compares, `report.py` writes
`docs/evidence/recordings.md`. Nothing here imports the packages that are judged, and nothing of a
recording is kept: the page has counts, paths and forms.
"""
