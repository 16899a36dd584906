"""Replies of our own making, and the files that tools would keep them in."""

import base64
import gzip
import json
from pathlib import Path

import yaml

URL = "https://api.mistral.ai/v1/chat/completions"
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}


def whole(text="Grüße", *, finish="stop", choice=None, **message):
    said = {"role": "assistant", "content": text, **message}
    choices = [{"index": 0, "message": said, "finish_reason": finish, **(choice or {})}]
    return {"id": "c1", "object": "chat.completion", "choices": choices, "usage": USAGE}


def chunk(finish=None, choice=None, **delta):
    choices = [{"index": 0, "delta": delta, "finish_reason": finish, **(choice or {})}]
    return {"id": "c1", "object": "chat.completion.chunk", "choices": choices}


def events(*chunks, done=True):
    lines = [f"data: {json.dumps(one, ensure_ascii=False)}\n\n" for one in chunks]
    return "".join([*lines, "data: [DONE]\n\n" if done else ""]).encode()


def body(text="Grüße"):
    return json.dumps(whole(text), ensure_ascii=False).encode()


STREAM = events(chunk(content="Grü"), chunk(content="ße"), chunk("stop"))


def vcrpy(content, media_type="application/json", url=URL, status=200, **headers):
    """Return a cassette of vcrpy; bytes that are no text become `!!binary`."""
    try:
        string = content.decode()
    except UnicodeDecodeError:
        string = content
    response = {
        "status": {"code": status, "message": "Said"},
        "headers": {"Content-Type": [media_type], **headers},
        "body": {"string": string},
    }
    request = {"uri": url, "method": "POST", "body": '{"model": "m1"}'}
    document = {"interactions": [{"request": request, "response": response}], "version": 1}
    return yaml.safe_dump(document, allow_unicode=True).encode()


def ruby(encoding, **content):
    """Return a cassette of Ruby's vcr."""
    request = {"method": "post", "uri": URL, "body": {"string": '{"stream":false}'}}
    response = {
        "status": {"code": 200},
        "headers": {"Content-Type": ["application/json"]},
        "body": {"encoding": encoding, **content},
    }
    document = {"http_interactions": [{"request": request, "response": response}]}
    return yaml.safe_dump(document).encode()


def of_ruby_bytes(content):
    """Return a cassette of Ruby's vcr whose body has Ruby's own tag for bytes."""
    written = ruby("ASCII-8BIT", string="BODY").decode()
    packed = base64.b64encode(content).decode()
    return written.replace("string: BODY", f"string: !binary |-\n          {packed}").encode()


def with_objects():
    """Return a cassette of vcrpy whose headers were objects of a Python class."""
    written = vcrpy(body()).decode()
    name = "? !!python/object/apply:multidict._multidict.istr\n      - Content-Type\n      :"
    return written.replace("Content-Type:", name).encode()


def go_vcr():
    """Return a cassette of go-vcr."""
    request = {"url": URL, "method": "POST", "body": '{"stream":true}'}
    response = {
        "body": STREAM.decode(),
        "code": 200,
        "headers": {"Content-Type": ["text/event-stream; charset=utf-8"]},
    }
    return yaml.safe_dump(
        {"version": 2, "interactions": [{"request": request, "response": response}]}
    )


def when_then():
    """Return a cassette of httpmock."""
    when = {"path": "/v1/chat/completions", "method": "POST", "body": "{}"}
    header = [{"name": "content-type", "value": "application/json"}]
    then = {"status": 200, "header": header, "body": body().decode()}
    return yaml.safe_dump({"when": when, "then": then})


def parsed():
    """Return a cassette that keeps bodies as values."""
    request = {"uri": URL, "method": "POST", "parsed_body": {"stream": False}}
    response = {"status": {"code": 200}, "headers": {}, "parsed_body": whole()}
    return yaml.safe_dump({"interactions": [{"request": request, "response": response}]})


def one_exchange():
    """Return a JSON file of one exchange."""
    request = {"url": URL, "method": "POST", "body": "{}"}
    response = {"status": {"code": 200}, "headers": {}, "body": body().decode()}
    return json.dumps({"request": request, "response": response})


def har(content, **more):
    """Return a HAR of one entry."""
    headers = [{"name": "Content-Type", "value": "application/json"}]
    entry = {
        "request": {"url": URL, "method": "POST", "postData": {"text": "{}"}},
        "response": {"status": 200, "headers": headers, "content": {"text": content, **more}},
    }
    return json.dumps({"log": {"entries": [entry]}})


def httprr():
    """Return a trace of httprr, one of whose replies came in chunks."""
    request = f"POST {URL} HTTP/1.1\r\nHost: h\r\n\r\n{{}}".encode()
    whole_reply = b"HTTP/2.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + body()
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    in_chunks = head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(STREAM), STREAM)
    traces = [
        b"%d %d\n%s%s" % (len(request), len(reply), request, reply)
        for reply in (whole_reply, in_chunks)
    ]
    return b"httprr trace v1\n" + b"".join(traces)


def objects(values):
    """Return what an SDK made of a reply, written down."""
    request = {"url": URL, "method": "POST", "body": {"stream": isinstance(values, list)}}
    made = (
        [{"__type__": "x", "__data__": one} for one in values] if isinstance(values, list) else None
    )
    answered = {"body": made or {"__type__": "x", "__data__": values}}
    return json.dumps({"request": request, "response": answered})


def packed(content):
    return base64.b64encode(gzip.compress(content)).decode()


def keep(folder: Path, name, content):
    """Write a file of a repository."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
