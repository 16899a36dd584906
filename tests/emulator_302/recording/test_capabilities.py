"""What agents do with their tools is recorded, and replayed when the gateway is gone."""

import pytest

import emulator_302
from core_302 import PollPolicy
from emulator_302 import Recording
from emulator_302.sound.tones import spoken
from langchain_302 import AI302ReadFileTool, AI302Toolkit
from tests.documents import docx, pdf
from tests.drawn import png

PAGE = "https://harbour-times.example/news/larkhaven-terminal-reopens"
PHOTO, MASK = "photo.png", "mask.png"
CALLS = (
    ("web_search", {"query": "Larkhaven terminal"}),
    ("read_page", {"url": PAGE}),
    ("read_file", {"file": "offer.docx"}),
    ("run_code", {"code": "print(6 * 7)", "language": "python3"}),
    ("speak", {"text": "The terminal reopens on Monday."}),
    ("transcribe", {"audio": "monday.wav"}),
    ("generate_image", {"prompt": "a lighthouse"}),
    ("upscale_image", {"image": PHOTO}),
    ("remove_background", {"image": PHOTO}),
    ("erase_from_image", {"image": PHOTO, "mask": MASK}),
    ("generate_video", {"prompt": "waves", "duration": 1}),
)
# Where each tool orders: a refusal would be replayed as well.
ORDERED = {
    *("/302/general/search", "/302/markitdown/convert", "/302/sandbox/direct_run_code"),
    *("/302/v2/mineru/task", "/302/v2/audio/tts", "/302/v1/audio/transcriptions"),
    *("/302/v2/image/generate", "/302/v2/video/create", "/302/submit/upscale-v6"),
    *("/302/submit/removebg", "/302/submit/erase"),
}


@pytest.fixture
def folder(tmp_path):
    given = tmp_path / "given"
    given.mkdir()
    (given / "offer.docx").write_bytes(docx("The offer holds until May."))
    (given / "report.pdf").write_bytes(pdf(["Page one."]))
    (given / "monday.wav").write_bytes(spoken("Good morning. We begin."))
    (given / PHOTO).write_bytes(png(64, 64))
    (given / MASK).write_bytes(png(64, 64, "white"))
    return given


def session(gateway, folder, kept):
    """Call each tool once, and MinerU; return what the model reads and what was kept."""
    setup = {
        "api_key": gateway.api_key,
        "base_url": gateway.base_url,
        "trusted_hosts": (gateway.file_host,),
        "polling": PollPolicy(first_wait=0.0),
        "allowed_dirs": [folder],
    }
    with AI302Toolkit(output_dir=kept, **setup) as toolkit:
        tools = {tool.name: tool for tool in toolkit.get_tools()}
        for tool in tools.values():
            tool.handle_tool_error = False
        said = [tools[name].invoke(given) for name, given in CALLS]
    with AI302ReadFileTool(method="mineru", **setup) as reader:
        said.append(reader.invoke({"file": "report.pdf"}))
    said = [one.replace(gateway.file_host, "FILES").replace(str(kept), "FOLDER") for one in said]
    files = sorted(kept.iterdir())
    return said, {one.suffix for one in files}, [one.read_bytes() for one in files]


def test_every_capability_is_recorded_and_replayed_when_its_gateway_is_gone(folder, tmp_path):
    cassette = tmp_path / "session.json"
    with emulator_302.running() as second:
        setup = Recording(cassette, "once", second.base_url, second.api_key)
        with emulator_302.running(cassette=setup) as gateway:
            recorded = session(gateway, folder, tmp_path / "recorded")
            asked = {one.path.partition("?")[0] for one in second.requests}
    with emulator_302.running(cassette=cassette) as gateway:
        replayed = session(gateway, folder, tmp_path / "replayed")
        assert gateway.leftovers() == []
    assert replayed == recorded
    assert recorded[1] == {".mp4", ".png", ".wav"}
    assert asked >= ORDERED
    assert any(path.startswith("/jina/reader/") for path in asked)
