"""Office files, books and PDFs for tests of reading, made by hand: no file is kept."""

import io
import zipfile
import zlib

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
P = f'{A} xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
RELS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def zipped(parts, method=zipfile.ZIP_DEFLATED):
    """Return a zip of texts or bytes by name."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def docx(*paragraphs, table=()):
    """Return a Word file; a text that begins with # is a heading, one with - an item of a list."""
    body = "".join(map(_paragraph, paragraphs))
    if table:
        rows = "".join(
            f"<w:tr>{''.join(f'<w:tc>{_paragraph(cell)}</w:tc>' for cell in row)}</w:tr>"
            for row in table
        )
        body += f"<w:tbl>{rows}</w:tbl>"
    document = f"{HEAD}<w:document {W}><w:body>{body}<w:sectPr/></w:body></w:document>"
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": document})


def _paragraph(text):
    style = ""
    if text.startswith("#"):
        style, text = '<w:pStyle w:val="Heading1"/>', text.lstrip("# ")
    elif text.startswith("- "):
        style, text = '<w:numPr><w:ilvl w:val="0"/></w:numPr>', text[2:]
    return f"<w:p><w:pPr>{style}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def xlsx(**sheets):
    """Return an Excel file: texts are shared, numbers are not."""
    texts = [cell for rows in sheets.values() for row in rows for cell in row if cell is not None]
    shared = [text for text in dict.fromkeys(texts) if isinstance(text, str)]
    parts = {
        "[Content_Types].xml": "<Types/>",
        "xl/sharedStrings.xml": f"<sst {S}>{''.join(f'<si><t>{t}</t></si>' for t in shared)}</sst>",
    }
    names, links = "", ""
    for number, (name, rows) in enumerate(sheets.items(), 1):
        names += f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>'
        links += f'<Relationship Id="rId{number}" Target="worksheets/sheet{number}.xml"/>'
        told = "".join(_row(at, row, shared) for at, row in enumerate(rows, 1))
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f"<worksheet {S}><sheetData>{told}</sheetData></worksheet>"
        )
    parts["xl/workbook.xml"] = f"<workbook {S} {R}><sheets>{names}</sheets></workbook>"
    parts["xl/_rels/workbook.xml.rels"] = f"<Relationships {RELS}>{links}</Relationships>"
    return zipped(parts)


def _row(at, row, shared):
    cells = ""
    for place, cell in enumerate(row):
        where = f'r="{chr(65 + place)}{at}"'
        if isinstance(cell, str):
            cells += f'<c {where} t="s"><v>{shared.index(cell)}</v></c>'
        elif cell is not None:
            cells += f"<c {where}><v>{cell}</v></c>"
    return f'<row r="{at}">{cells}</row>'


def pptx(*slides):
    """Return a presentation: each slide is its title and its lines."""
    parts = {"[Content_Types].xml": "<Types/>"}
    for number, (title, *lines) in enumerate(slides, 1):
        shapes = _shape('<p:nvPr><p:ph type="title"/></p:nvPr>', [title]) + _shape("", lines)
        parts[f"ppt/slides/slide{number}.xml"] = (
            f"{HEAD}<p:sld {P}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"
        )
    return zipped(parts)


def _shape(kind, lines):
    text = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in lines)
    return f"<p:sp><p:nvSpPr>{kind}</p:nvSpPr><p:txBody>{text}</p:txBody></p:sp>"


def epub(*pages):
    """Return a book of HTML pages."""
    numbers = range(1, len(pages) + 1)
    listed = "".join(f'<item id="p{n}" href="text/page%20{n}.xhtml"/>' for n in numbers)
    spine = "".join(f'<itemref idref="p{n}"/>' for n in numbers)
    container = (
        '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
    )
    package = f"<package><manifest>{listed}</manifest><spine>{spine}</spine></package>"
    parts = {"META-INF/container.xml": container, "OEBPS/book.opf": package}
    parts |= {f"OEBPS/text/page {n}.xhtml": page for n, page in zip(numbers, pages, strict=True)}
    return zipped({"mimetype": "application/epub+zip", **parts})


def pdf(*pages, compressed=True):
    """Return a PDF in plain strings: each page is lines; one that begins with # is large."""
    kids = " ".join(f"{3 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/MediaBox[0 0 600 800]/Kids[{kids}]>>".encode(),
    ]
    for number, lines in enumerate(pages):
        objects.append(f"<</Type/Page/Parent 2 0 R/Contents {4 + 2 * number} 0 R>>".encode())
        drawn = _drawn(lines).encode("cp1252")
        packed = zlib.compress(drawn) if compressed else drawn
        kind = b"/Filter/FlateDecode" if compressed else b""
        head = b"<</Length %d%s>>\nstream\n" % (len(packed), kind)
        objects.append(head + packed + b"\nendstream")
    written = b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, body) for n, body in enumerate(objects, 1))
    return b"%PDF-1.4\n" + written + b"trailer<</Root 1 0 R>>\n%%EOF"


def _drawn(lines):
    told, base = ["BT"], 740
    for line in lines:
        size = 24 if line.startswith("#") else 12
        text = line.lstrip("# ").replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        told.append(f"/F1 {size} Tf 1 0 0 1 60 {base} Tm ({text}) Tj")
        base -= 40 if size == 24 else 14
        base -= 20 if not line else 0
    return "\n".join([*told, "ET"])
