"""Files into Markdown, by what a file says itself: real, small, and honest about what it cannot.

`convert` chooses; `office`, `pages`, `tables` and `pdf` each know some formats; `parts` opens zips
and XML within limits. Nothing is fetched, run or written to a disk, and no entity is expanded.
"""
