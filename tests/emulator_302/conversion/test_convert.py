"""Files become Markdown by what they say themselves, within limits, or are refused in words."""

import base64
import zipfile

import pytest

from emulator_302.conversion import parts as limits
from emulator_302.conversion.convert import content_list_of, markdown_of
from emulator_302.conversion.parts import Parts, Unreadable
from tests import media_files
from tests.documents import W, docx, epub, pdf, pptx, xlsx, zipped
from tests.scans import pdf as scanned

PAGE = """<!doctype html><html><head><title>Not seen</title><script>alert(1)</script></head><body>
<h2>Prices &amp; <em>terms</em></h2><p>One <b>bold</b>
word, <a href="https://a.example/x">a <h3>link</h3></a>, <a>none</a>.<br>Next line.</p>
<ol><li>first</li><li>second<ul><li>inner</li></ul></li></ol>
<table><tr><th>Item</th><th>Price</th></tr><tr><td>Bread</td><td>3 | 4</td></tr></table>
<img src="a.png" alt="A fox"><p></p></body></html>"""


def test_a_word_document_has_headings_paragraphs_lists_and_tables():
    found = markdown_of(docx("# Offer", "For you.", "- one", "", table=[["a", "b"], ["1"]]), "docx")
    assert found == "# Offer\n\nFor you.\n\n- one\n\n| a | b |\n| --- | --- |\n| 1 |  |"


def test_tabs_and_line_breaks_of_a_word_document_stay():
    line = f"<w:document {W}><w:body><w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/>"
    line += "<w:t>c</w:t></w:r></w:p></w:body></w:document>"
    assert markdown_of(zipped({"word/document.xml": line}), "docx") == "a\tb\nc"


def test_headings_of_a_word_document_are_known_by_the_name_of_their_style():
    paragraph = '<w:p><w:pPr><w:pStyle w:val="Nadpis2"/></w:pPr><w:t>Cena</w:t></w:p>'
    style = f'<w:styles {W}><w:style w:styleId="Nadpis2"><w:name w:val="heading 2"/></w:style>'
    file = zipped(
        {
            "word/document.xml": f"<w:document {W}><w:body>{paragraph}</w:body></w:document>",
            "word/styles.xml": f'{style}<w:style w:styleId="x"/></w:styles>',
        }
    )
    assert markdown_of(file, "docx") == "## Cena"


def test_a_workbook_is_a_table_for_each_sheet():
    found = markdown_of(
        xlsx(Prices=[["Item", "Price"], ["Bread", 3.5, None, "x"]], Empty=[]), "xlsx"
    )
    table = "| Item | Price |  |  |\n| --- | --- | --- | --- |\n| Bread | 3.5 |  | x |"
    assert found == f"## Prices\n{table}\n\n## Empty"


def test_cells_of_every_kind_are_shown():
    cells = '<c t="b"><v>1</v></c><c t="inlineStr"><is><t>in</t></is></c><c t="s"><v>9</v></c>'
    sheet = f"<worksheet><sheetData><row>{cells}<c><v>7</v></c></row></sheetData></worksheet>"
    book = zipped(
        {
            "xl/workbook.xml": '<workbook xmlns:r="r"><sheet name="S" r:id="1"/></workbook>',
            "xl/_rels/workbook.xml.rels": '<R><Relationship Id="1" Target="/xl/s.xml"/></R>',
            "xl/s.xml": sheet,
        }
    )
    assert markdown_of(book, "xlsx").splitlines()[1] == "| TRUE | in |  | 7 |"


def test_a_presentation_is_a_title_and_lines_for_each_slide():
    found = markdown_of(pptx(("First", "a", "b"), ("Second",)), "pptx")
    assert found == (
        "<!-- Slide number: 1 -->\n# First\na\nb\n\n<!-- Slide number: 2 -->\n# Second"
    )


def test_a_table_on_a_slide_is_a_table():
    row = "<a:tr><a:tc><a:p><a:t>x</a:t></a:p></a:tc></a:tr>"
    slide = f'<p:sld xmlns:p="p" xmlns:a="a"><a:tbl>{row}</a:tbl></p:sld>'
    found = markdown_of(zipped({"ppt/slides/slide1.xml": slide}), "pptx")
    assert found.endswith("| x |\n| --- |")


def test_a_page_of_html_is_headings_links_lists_and_tables():
    assert markdown_of(PAGE.encode(), "html").split("\n\n") == [
        "## Prices & *terms*",
        "One **bold** word, [a  link ](https://a.example/x), none.\nNext line.",
        "1. first\n2. second",
        "  - inner",
        "| Item | Price |\n| --- | --- |\n| Bread | 3 \\| 4 |",
        "![A fox](a.png)",
    ]


@pytest.mark.parametrize("page", ["</a></ul></td></script>x", "<td>x", "<tr><li>x", "<li>x</li>"])
def test_broken_html_is_still_text(page):
    assert "x" in markdown_of(f"{page}<p>end".encode(), "htm") or page == "<td>x"


def test_a_book_is_its_pages_in_the_order_of_reading():
    assert markdown_of(epub("<h1>One</h1>", "<p>Two</p>"), "epub") == "# One\n\nTwo"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_file_is_a_table_whatever_separates_it(separator):
    text = f"a{separator}b\n\n1{separator}2\n"
    assert markdown_of(text.encode(), "csv") == "| a | b |\n| --- | --- |\n| 1 | 2 |"


def test_what_is_text_already_stays_as_it_is():
    assert markdown_of("\ufeff# Größe\n".encode(), "md") == "# Größe"
    assert markdown_of(b'{"a": 1}', "json") == '{"a": 1}'
    assert markdown_of(b"", "csv") == ""


@pytest.mark.parametrize("compressed", [True, False])
def test_a_pdf_is_blocks_with_page_and_box(compressed):
    data = pdf(["# Title (A)", "One line", "and the next."], ["Second page"], compressed=compressed)
    assert content_list_of(data) == [
        {
            "type": "text",
            "text": "Title (A)",
            "text_level": 1,
            "bbox": [100, 45, 280, 75],
            "page_idx": 0,
        },
        {
            "type": "text",
            "text": "One line and the next.",
            "bbox": [100, 110, 230, 142],
            "page_idx": 0,
        },
        {"type": "text", "text": "Second page", "bbox": [100, 60, 210, 75], "page_idx": 1},
    ]
    assert markdown_of(data, "") == "# Title (A)\n\nOne line and the next.\n\nSecond page"


def test_a_pdf_of_other_operators_is_read_too():
    assert markdown_of(media_files.document("Up", "Down"), "pdf") == "Up Down"
    drawn = (
        b"BT /F1 1 Tf 12 0 0 12 60 700 Tm 14 TL (a) ' [(b) -300 (c) -20 (d)] TJ 0 -9 TD <> Tj ET"
    )
    pages = b"1 0 obj<</Kids[3 0 R 1 0 R]>>endobj 3 0 obj<</Type/Page/Contents[2 0 R]>>endobj "
    stream = pages + b"2 0 obj<<>>stream\n%s\nendstream endobj 4 0 obj<</Kids[3 0 R]>>endobj"
    assert markdown_of(b"%%PDF-1.4\n" + stream % drawn, "pdf") == "a b cd"


def test_a_page_that_is_packed_in_signs_is_unpacked_and_no_other_is_guessed_at():
    plain = pdf(["Words (here)"])
    begin = plain.index(b"stream\n", plain.index(b"/Length")) + 7
    packed = plain[begin : plain.index(b"\nendstream")]
    head, tail = plain[: begin - 7], plain[begin + len(packed) :]
    written = base64.a85encode(packed, adobe=True).removeprefix(b"<~")
    listed = head.replace(b"/Filter/FlateDecode", b"/Filter [ /ASCII85Decode /FlateDecode ]")
    assert markdown_of(listed + b"stream\n" + written + tail, "pdf") == "Words (here)"
    with pytest.raises(Unreadable, match="broken page"):
        markdown_of(listed + b"stream\n" + written[:-2] + tail, "pdf")
    other = head.replace(b"/FlateDecode", b"/LZWDecode")
    with pytest.raises(Unreadable, match="packed in a way"):
        markdown_of(other + b"stream\n" + packed + tail, "pdf")


def test_a_scan_has_no_text_of_its_own():
    assert markdown_of(scanned("a"), "pdf") == ""


NO = {
    "locked": (b"%PDF-1.4 /Encrypt", "pdf", "password"),
    "no pages": (b"%PDF-1.4 1 0 obj<<>>endobj 2 0 obj<<", "pdf", "pages"),
    "no zip": (b"PK\x03\x04 and no more", "docx", "not a whole zip"),
    "cut": (docx("x")[:-30], "docx", "not a whole zip"),
    "no document": (zipped({"a": "b"}), "docx", "no word/document.xml"),
    "no slides": (zipped({"a": "b"}), "pptx", "no ppt/slides"),
    "no sheets": (zipped({"a": "b"}), "xlsx", "no sheets"),
    "no spine": (zipped({"a": "b"}), "epub", "spine"),
    "no XML": (zipped({"word/document.xml": "<a>"}), "docx", "is not XML"),
    "no text": (b"\xff\xfe\x00", "txt", "it is not text"),
    "a zero": (b"a\0b", "bin", "it is not text"),
    "no CSV": (b'a,"' + b"x" * 200_000, "csv", "not CSV"),
}


@pytest.mark.parametrize("case", NO)
def test_what_cannot_be_converted_is_refused_in_words(case):
    data, ending, says = NO[case]
    with pytest.raises(Unreadable, match=says):
        markdown_of(data, ending)


@pytest.mark.parametrize("shown", ["<0041>", r"(\001\002)"])
def test_codes_of_a_font_are_refused_since_half_a_text_would_pass_for_the_whole(shown):
    data = pdf(["plain"], compressed=False).replace(b"(plain)", shown.encode())
    with pytest.raises(Unreadable, match="codes of its fonts"):
        markdown_of(data, "pdf")


def test_no_entity_is_expanded_and_none_is_fetched(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    for entity in ('"ha">', f'SYSTEM "{secret.as_uri()}">'):
        text = (
            f"<!DOCTYPE d [<!ENTITY a {entity}]><w:document {W}><w:body>&a;</w:body></w:document>"
        )
        for encoding in ("utf-8", "utf-16"):
            file = zipped({"word/document.xml": text.encode(encoding)})
            with pytest.raises(Unreadable, match="document type"):
                markdown_of(file, "docx")


def test_a_bomb_is_refused_by_what_it_declares():
    bomb = zipped({"word/document.xml": b"\0" * 3_000_000})
    with pytest.raises(Unreadable, match="3000000 bytes: too many"):
        markdown_of(bomb, "docx")


def test_a_file_of_many_parts_depths_or_elements_is_refused(monkeypatch):
    with pytest.raises(Unreadable, match="too many"):
        Parts(zipped({str(n): "" for n in range(2_001)}, zipfile.ZIP_STORED))
    deep = f"<w:document {W}>{'<a>' * 200}{'</a>' * 200}</w:document>"
    with pytest.raises(Unreadable, match="too deeply"):
        markdown_of(zipped({"word/document.xml": deep}), "docx")
    monkeypatch.setattr(limits, "LARGEST_SUM", 10)
    with pytest.raises(Unreadable, match="too many"):
        markdown_of(docx("x"), "docx")


def test_a_broken_part_is_named():
    content = zipped({"word/document.xml": "<a/>" * 20}, zipfile.ZIP_STORED)
    with pytest.raises(Unreadable, match=r"word/document\.xml is broken"):
        markdown_of(content.replace(b"<a/><a/>", b"<a/><b/>", 1), "docx")
