"""The table that the Studio makes of scans, without a browser."""

import csv
import sys
from pathlib import Path

from pydantic import BaseModel, Field

COOKBOOK = Path(__file__).parents[2] / "cookbook"
sys.path.insert(0, str(COOKBOOK))

from studio_page.code import extract_code  # noqa: E402
from studio_page.extracting import Extracted, columns_of, saved, schema  # noqa: E402


def test_any_words_are_columns_under_names_that_a_class_can_have():
    given = "Total due: number, class,\nmodel_dump; 合计, Total due, 2nd line"
    columns = columns_of(given)
    names = [one.name for one in columns]
    assert names == ["total_due", "column_2", "column_3", "合计", "column_5", "column_6"]
    assert [one.is_number for one in columns] == [True, *[False] * 5]
    assert {*schema(columns, several=False).model_fields} == {*names}
    assert {*schema(columns, several=True).model_fields} == {"rows"}


def test_the_lines_to_copy_declare_the_same_class():
    columns = columns_of('shop, total: number, a "quoted" word')
    code = extract_code(["a.png"], columns, several=False, pages="1-3")
    for program in (code.langchain, code.llama_index):
        assert 'output=Row, pages="1-3"' in program
        begin, end = program.index("class Row"), program.index("files = ")
        declared = {"BaseModel": BaseModel, "Field": Field}
        exec(program[begin:end], declared)
        ours = schema(columns, several=False).model_json_schema()
        assert declared["Row"].model_json_schema() == ours


def test_a_spreadsheet_runs_nothing_of_a_table(tmp_path):
    cells = ("=1+1", "+1", "-2", "@sum", "\tx", "harmless", "")
    path = saved(Extracted(("a",) * len(cells), (cells,)), tmp_path / "table.csv")
    _, row = csv.reader(path.read_text("utf-8-sig").splitlines())
    assert row == ["'=1+1", "'+1", "'-2", "'@sum", "'\tx", "harmless", ""]
