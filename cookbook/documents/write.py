"""Writes the documents of the demos: the report of an invented shop as PDF, its prices as XLSX."""

import zipfile
from pathlib import Path

HEADING, BODY, LINE = 22, 12, 16  # points
REPORT = (
    (
        (HEADING, "Harbour Light Bakery"),
        (BODY, "Annual report 2026. The shop in Quay Street sold 41,300 loaves,"),
        (BODY, "nine percent more than in the year before."),
        (HEADING, "Costs"),
        (BODY, "Flour was dearer: 18,400 EUR, up from 15,900 EUR."),
    ),
    (
        (HEADING, "Outlook"),
        (BODY, "A second oven is planned for March 2027. It costs 27,500 EUR."),
    ),
)
PRICES = (("Item", "EUR"), ("Sourdough loaf", 4.9), ("Cardamom bun", 3.2), ("Flat white", 3.8))
LEFT, TOP, WIDTH, HEIGHT = 72, 720, 595, 842  # points


def report(path: Path) -> None:
    """Write the report: one PDF page for each part, in plain strings."""
    kids = " ".join(f"{3 + 2 * place} 0 R" for place in range(len(REPORT)))
    font = "<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(REPORT)}/Kids[{kids}]/MediaBox[0 0 {WIDTH} {HEIGHT}]>>",
    ]
    for place, lines in enumerate(REPORT):
        drawn, base = [], TOP
        for size, text in lines:
            base -= 2 * size if size == HEADING else LINE
            drawn.append(f"BT /F1 {size} Tf {LEFT} {base} Td ({text}) Tj ET")
            base -= LINE if size == HEADING else 0
        stream = "\n".join(drawn)
        contents = f"{4 + 2 * place} 0 R"
        objects.append(f"<</Type/Page/Parent 2 0 R/Resources{font}/Contents {contents}>>")
        objects.append(f"<</Length {len(stream)}>>\nstream\n{stream}\nendstream")
    written, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(written))
        written += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{len(written)}\n%%EOF\n"
    path.write_text(f"{written}xref\n0 {size}\n0000000000 65535 f \n{table}{end}", newline="\n")


def prices(path: Path) -> None:
    """Write the prices: one sheet."""
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = "http://schemas.openxmlformats.org/package/2006/relationships"
    rows = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in PRICES)
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    xml = '<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" '
    xml += 'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    book = f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
    sheet = f'<Override PartName="/xl/sheet1.xml" ContentType="{kinds}.worksheet+xml"/>'
    link = '<Relationship Id="r1" Type="{}/{}" Target="{}"/>'.format
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{types}">{xml}{book}{sheet}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{links}">'
        f"{link(office, 'officeDocument', 'xl/workbook.xml')}</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="Prices" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{links}">'
        f"{link(office, 'worksheet', 'sheet1.xml')}</Relationships>",
        "xl/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)  # equal in every run


def _cell(value: str | float) -> str:
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
    return f"<c><v>{value}</v></c>"


if __name__ == "__main__":
    here = Path(__file__).parent
    report(here / "report.pdf")
    prices(here / "prices.xlsx")
