"""A PDF's text layer is taken where it says all that can be seen; elsewhere a model reads."""

import base64
import io

import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageDraw

from core_302 import InvalidInputError, Settings
from core_302.client import Client
from core_302.reading import ReadingOptions, ReadingReport, read_pages, text_layer
from core_302.reading.sources import Source
from tests.conftest import KEY
from tests.scans import drawn, file_of
from tests.scripted_server import completion, reply
from tests.sheets import draw, sheets_of

WORDS = "The lamp was lit again on Monday."
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
PICTURE = drawn("Inside", size=(300, 120))


def text(words, *, x=40, y=400, size=14, mode=0):
    return f"BT /F1 {size} Tf {mode} Tr {x} {y} Td ({words}) Tj ET\n".encode()


def shown(box):
    """Return the operators that show the picture in a box: x, y, width, height in points."""
    x, y, width, height = box
    return f"q {width} 0 0 {height} {x} {y} cm /I1 Do Q\n".encode()


def stream(content, more=b""):
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), more, content)


def pdf(content, *, font=FONT, annotation=None, image=PICTURE, maps=None):
    """Return a PDF of one page of 500 by 500 points with these operators."""
    packed = file_of(image, "JPEG")
    about = b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8" % image.size
    about += b"/ColorSpace/DeviceRGB/Filter/DCTDecode"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 500 500]/Contents 4 0 R/Annots[%s]"
        b"/Resources<</Font<</F1 5 0 R>>/XObject<</I1 6 0 R>>>>>>"
        % (b"7 0 R" if annotation else b""),
        stream(content),
        font,
        stream(packed, about),
        annotation or b"null",
        stream(maps or b""),
    ]
    body, places = b"%PDF-1.6\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj%s endobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(body))
    return body + head + table + end


def garbled():
    """Return a PDF whose font says of each letter that it is a private one."""
    codes = b"".join(b"<%02x><e0%02x>\n" % (code, code) for code in range(32, 126))
    maps = (
        b"/CIDInit/ProcSet findresource begin begincmap\n1 begincodespacerange<00><ff>endcodespac"
    )
    maps += b"erange\n94 beginbfchar\n" + codes + b"endbfchar endcmap end"
    font = FONT.removesuffix(b">>") + b"/ToUnicode 8 0 R>>"
    return pdf(text(WORDS), font=font, maps=maps)


@pytest.fixture
def read(server):
    """Return a function that reads a PDF, and returns its pages and the report."""

    def pages(content, **how):
        report = ReadingReport()
        settings = Settings(api_key=KEY, base_url=server.url, max_retries=0)
        with Client(settings) as client:
            return [*read_pages(client, content, ReadingOptions(**how), report=report)], report

    return pages


def said(words):
    return reply(200, completion(words), headers={"request-id": "r1"})


def test_a_page_with_a_text_layer_is_read_for_nothing(server, read):
    (page,), report = read(pdf(text(WORDS) + text("Second line.", y=360)))
    assert (page.text, page.text_from) == (f"{WORDS}\nSecond line.", "layer")
    assert page.described()["text_from"] == "layer"
    assert (page.model, page.input_tokens, page.cost_ids, page.cached) == (None, 0, (), False)
    assert (report.read, report.free) == (0, 1)
    assert "0 read, 0 from the cache, 1 without a call, 0 failed" in str(report)
    assert server.seen == []


def test_a_page_on_which_nothing_is_drawn_is_blank_for_nothing(server, read):
    (page,), report = read(pdf(b" "))
    assert (page.text, page.empty, report.empty) == ("", True, 1)
    assert server.seen == []


SCAN = shown((0, 0, 500, 500))
LETTERS_AS_LINES = b"40 400 m 60 440 l 80 400 l S\n"
STAMP = b"<</Type/Annot/Subtype/Stamp/Rect[10 10 90 40]/F 4>>"
FIELD = b"<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V(Ada)/Rect[10 10 90 40]/F 4>>"
LINK = b"<</Type/Annot/Subtype/Link/Rect[10 10 90 40]>>"


@pytest.mark.parametrize(
    "content",
    [
        pdf(SCAN),
        pdf(SCAN + text(WORDS, mode=3)),
        garbled(),
        pdf(LETTERS_AS_LINES),
        pdf(text("Page 1") + LETTERS_AS_LINES),
        pdf(text(WORDS), annotation=STAMP),
        pdf(text(WORDS), annotation=FIELD),
    ],
    ids=["scan", "scan with a layer", "garbled", "drawn", "drawn, numbered", "stamp", "form"],
)
def test_a_page_whose_layer_does_not_say_all_is_read(server, read, content):
    server.answer(said("Read."))
    (page,), report = read(content)
    assert (page.text, page.text_from) == ("Read.", "model")
    assert (report.read, report.free) == (1, 0)


@pytest.mark.parametrize(
    "content",
    [
        pdf(text(WORDS) + LETTERS_AS_LINES),
        pdf(text(WORDS), annotation=LINK),
        pdf(text(WORDS) + shown((10, 10, 20, 20))),
    ],
    ids=["lines", "a link", "an ornament"],
)
def test_lines_links_and_ornaments_take_nothing_from_a_layer(server, read, content):
    (page,), _ = read(content)
    assert (page.text, page.text_from) == (WORDS, "layer")
    assert server.seen == []


def test_images_on_a_page_with_a_layer_are_read_alone_and_their_text_stands_below(
    server, read, tmp_path
):
    content = pdf(text(WORDS) + shown((40, 60, 300, 120)) + shown((40, 220, 150, 60)))
    server.answer(said("Inside"), said(""))
    kept = {"cache": tmp_path / "cache.sqlite"}
    (page,), report = read(content, **kept)
    assert (page.text, page.text_from, page.parts) == (f"{WORDS}\n\nInside", "both", 2)
    assert (page.cost_ids, report.read) == (("r1", "r1"), 1)
    larger, _ = [image_of(seen) for seen in server.seen]
    assert abs(larger.width / larger.height - 300 / 120) < 0.05
    assert larger.convert("L").getextrema()[0] < 60
    (again,), report = read(content, **kept)
    assert (again.text, again.cached, report.cached) == (page.text, True, 1)
    assert len(server.seen) == 2


def image_of(seen):
    url = seen.json["messages"][0]["content"][1]["image_url"]["url"]
    return Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))


@pytest.mark.parametrize(
    "how", [{"text": "read"}, {"output": "markdown"}, {"prompt": "Sum it up."}]
)
def test_a_layer_is_no_answer_to_another_question(server, read, how):
    server.answer(said("Read."))
    (page,), _ = read(pdf(text(WORDS)), **how)
    assert page.text_from == "model"


def test_a_hyphen_at_the_end_of_a_line_is_a_hyphen():
    document = pdf(text("a light-", y=400) + text("house", y=380))
    (sheet,) = sheets_of(Source("x", content=document))
    assert sheet.pdf.layer(1).text in ("a light-\nhouse", "a light-house")


def test_a_page_that_is_not_there_has_no_layer():
    (sheet,) = sheets_of(Source("x", content=pdf(text(WORDS))))
    with pytest.raises(InvalidInputError, match="the page cannot be drawn"):
        sheet.pdf.layer(9)


def test_a_document_is_opened_once_and_closed_with_its_last_page(tmp_path, monkeypatch):
    opened = []
    real = pdfium.PdfDocument

    def counted(file, **more):
        opened.append(real(file, **more))
        return opened[-1]

    monkeypatch.setattr(pdfium, "PdfDocument", counted)
    (tmp_path / "a.pdf").write_bytes(
        file_of(drawn("a"), "PDF", save_all=True, append_images=[drawn("b")])
    )
    sheets = list(sheets_of(Source("a.pdf", path=tmp_path / "a.pdf")))
    assert [len(draw(sheet, longest_side=64)) for sheet in sheets] == [1, 1]
    (document,) = opened
    assert document.raw
    del sheets
    assert not document.raw


def test_a_thin_line_of_pixels_is_no_place():
    image = Image.new("RGB", (300, 120), "white")
    ImageDraw.Draw(image).line((0, 0, 10, 10))
    (sheet,) = sheets_of(
        Source("x", content=pdf(text(WORDS) + shown((40, 60, 300, 1)), image=image))
    )
    assert sheet.pdf.layer(1).images == ()


def test_a_page_with_too_much_to_look_at_is_read(server, read, monkeypatch):
    monkeypatch.setattr(text_layer, "MOST_OBJECTS", 3)
    server.answer(said("Read."))
    (page,), _ = read(pdf(text(WORDS) + 5 * LETTERS_AS_LINES))
    assert page.text_from == "model"
