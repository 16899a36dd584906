"""Extracting: scans become a table, with the columns that a visitor names."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import gradio as gr

from studio_page.cards import apology_card, code_drawer, note
from studio_page.extracting import MOST_PAGES, extract, saved

RECEIPT = Path(__file__).parent.parent / "images" / "receipt.png"
PRICE = f"Price: a call of the reading model for each page; of a file, {MOST_PAGES} pages at most."
COLUMNS = "shop, total: number"

Updates = tuple[Any, ...]


class ExtractTab:
    """What the controls of extracting do.

    Args:
        folder: Where tables are kept while the page runs.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def extract(
        self,
        files: list[str] | None,
        columns: str,
        several: bool,  # noqa: FBT001 - a check box
    ) -> AsyncIterator[Updates]:
        """Read the files, and show their table."""
        waiting = gr.Button(interactive=False)
        yield gr.skip(), note("Reading. A page takes seconds."), gr.skip(), waiting
        table = await extract(files or [], columns, several=several)
        drawer = code_drawer(table.code) if table.code else ""
        again = gr.Button(interactive=True)
        if table.apology:
            hidden = gr.Dataframe(visible=False), gr.DownloadButton(visible=False)
            yield hidden[0], apology_card(table.apology) + drawer, hidden[1], again
            return
        problems = "".join(note(f"Not read: {one}") for one in table.problems)
        seen = gr.Dataframe([*map(list, table.rows)], headers=[*table.head], visible=True)
        at = Path(tempfile.mkdtemp(dir=self._folder)) / "table.csv"
        file = gr.DownloadButton(value=str(saved(table, at)), visible=True)
        yield seen, note(table.said) + problems + drawer, file, again


def extract_tab(folder: Path) -> None:
    """Lay extracting out, and say what its controls do."""
    does = ExtractTab(folder)
    with gr.Row(elem_classes="desk"):
        with gr.Column(scale=2, min_width=280, elem_classes="options"):
            files = gr.File(
                label="Scans, photos or PDFs",
                file_count="multiple",
                file_types=["image", ".pdf"],
                type="filepath",
                height=150,
                elem_classes="given",
            )
            sample = gr.Button("Use a sample receipt", size="sm", elem_classes="sample")
            columns = gr.Textbox(
                COLUMNS,
                label="Columns",
                info="What to find, between commas; “: number” makes a column of numbers.",
                lines=2,
                max_lines=8,
            )
            several = gr.Checkbox(label="A row for each item", info="Else a row for each page.")
            gr.HTML(note(PRICE), padding=False)
            order = gr.Button("Extract", variant="primary")
        with gr.Column(scale=5, min_width=320):
            told = gr.HTML(note("The table appears here."), padding=False)
            table = gr.Dataframe(
                visible=False,
                interactive=False,
                wrap=True,
                show_label=False,
                elem_classes="extracted",
            )
            download = gr.DownloadButton("Download as CSV", visible=False, size="sm")
    private: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    order.click(
        does.extract,
        [files, columns, several],
        [table, told, download, order],
        concurrency_limit=4,
        **private,
    )
    sample.click(lambda: [str(RECEIPT)], None, files, **private)
