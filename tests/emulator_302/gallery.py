"""What the tests of images share: pictures to send, and a look at the pictures that come back."""

import io
import ssl

import httpx
from PIL import Image, ImageChops, ImageStat

GENERATE = "/302/image/generate"
TASK = "/302/v2/image/generate"
AVATAR = "/302/headshot/generate"
SKY = {"prompt": "sky city", "model": "baidu-irag-t2i"}


# A client of its own would read the machine's certificates for every download.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def download(url, **headers):
    return httpx.get(url, headers=headers, trust_env=False, timeout=60, verify=NO_TLS)


def opened(url):
    """Return the picture behind a link."""
    reply = download(url)
    assert reply.status_code == 200, reply.text
    return decoded(reply.content)


def decoded(data):
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def png(colour="orange", size=(200, 160)):
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def difference(one, other):
    """Return how far two pictures are apart, from 0 to 255."""
    size = (64, 64)
    apart = ImageChops.difference(
        one.convert("RGB").resize(size), other.convert("RGB").resize(size)
    )
    return sum(ImageStat.Stat(apart).mean) / 3


def refusal(reply):
    """Return status, code and message of a refusal, which must have the gateway's shape."""
    error = reply.json()["error"]
    assert set(error) == {"err_code", "message", "message_cn", "message_jp", "type"}
    return reply.status_code, error["err_code"], error["message"]
