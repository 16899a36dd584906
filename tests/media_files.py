"""The files that LangChain's standard suites download, drawn here; and `httpx.get` that finds them.

The suites fetch a diagram, a PDF and a bird's song from three public sites. Tests here reach no
network, so exactly those addresses are answered with small files of the same kinds. Everything
else that asks `httpx.get` fails, and so does a suite that moves its files: then look at this list.
"""

import io
import wave

import httpx
from PIL import Image, ImageDraw, ImageFont

IMAGE = (
    "https://raw.githubusercontent.com/langchain-ai/docs/"
    "4d11d08b6b0e210bd456943f7a22febbd168b543/src/images/agentic-rag-output.png"
)
DOCUMENT = "https://www.w3.org/WAI/ER/tests/xhtml/testfiles/resources/pdf/dummy.pdf"
SOUND = "https://upload.wikimedia.org/wikipedia/commons/6/6a/Northern_Flicker_202280456.wav"


def image(*lines):
    """Return a PNG that shows `lines`."""
    image = Image.new("RGB", (480, 40 + 50 * len(lines)), "white")
    pen = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        pen.text((20, 20 + 50 * row), line, "black", ImageFont.load_default(size=32))
    content = io.BytesIO()
    image.save(content, "PNG")
    return content.getvalue()


def document(*lines):
    """Return a PDF of one page that shows `lines`."""
    drawn = " ".join(f"({line}) Tj T*" for line in lines)
    text = f"BT /F1 24 Tf 30 TL 72 720 Td {drawn} ET"
    page = "/Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< {page} /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    written, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(written))
        written += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size, start = len(objects) + 1, len(written)
    written += f"xref\n0 {size}\n0000000000 65535 f \n{table}"
    written += f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return written.encode("ascii")


def sound(seconds=1.0, rate=8000):
    """Return a silent WAV."""
    content = io.BytesIO()
    with wave.open(content, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(b"\0\0" * int(seconds * rate))
    return content.getvalue()


def files():
    """Return each address with its content."""
    return {
        IMAGE: image("Agentic RAG", "question", "answer"),
        DOCUMENT: document("Dummy PDF file"),
        SOUND: sound(),
    }


def served_from(found):
    """Return an `httpx.get` that knows the addresses in `found` only."""

    def get(url, **_):
        assert url in found, f"a test asked for {url}"
        return httpx.Response(200, content=found[url], request=httpx.Request("GET", url))

    return get
