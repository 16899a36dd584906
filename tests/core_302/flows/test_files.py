"""The clients' own methods for files: read one, and wait for a task that was ordered before."""

import pytest

from core_302 import AI302Error, FileOptions, InvalidInputError
from core_302.endpoints.content_list import Block
from tests.core_302.reading.test_read_file import (
    BUSY,
    CONVERTED,
    LINK,
    OFFER,
    ORDERED,
    PARSED,
    REPORT,
    RESULT,
    UPLOADED,
    done,
)
from tests.scripted_server import Close
from tests.sent import sent


@pytest.fixture
def client(connect, server):
    return connect(server.url, max_retries=0, trusted_hosts=(f"localhost:{server.port}",))


def test_a_file_is_read_by_its_bytes_or_its_link(client, server):
    server.answer(CONVERTED, CONVERTED, PARSED)
    file = client.call("read_file", OFFER, filename="offer.docx")
    assert (file.blocks, file.method, file.cost_ids) == (
        (Block("# Offer\n"),),
        "markitdown",
        ("r1",),
    )
    client.call("read_file", LINK)
    client.call("read_file", "https://a.example/x", FileOptions(method="parse"), filename="a.rtf")
    bodies = [sent(seen) for seen in server.seen]
    assert bodies[0][3][1][:2] == ("file", "file.docx")
    assert bodies[1][3][1] == ("source_data", None, None, LINK.encode())
    assert bodies[2][:3] == ("GET", "/302/file/parsing", {"url": "https://a.example/x"})


def test_each_answer_about_a_task_is_reported(client, server):
    server.answer(UPLOADED, ORDERED, BUSY, done(server), RESULT)
    told = []
    how = FileOptions(method="mineru")
    file = client.call("read_file", REPORT, how, on_progress=told.append)
    assert [(task.task_id, task.status) for task in told] == [
        ("t1", "pending"),
        ("t1", "started"),
        ("t1", "success"),
    ]
    assert (file.task_id, len(file.blocks)) == ("t1", 6)


def test_a_task_is_resumed_by_the_id_in_its_error(client, server):
    server.answer(UPLOADED, ORDERED, [Close])
    with pytest.raises(AI302Error, match=r"\(client\.resume_file\)") as lost:
        client.call("read_file", REPORT, FileOptions(method="mineru"))
    server.answer(BUSY, done(server), RESULT)
    told = []
    file = client.call("resume_file", lost.value.task_id, on_progress=told.append)
    assert (len(file.blocks), file.task_id) == (6, "t1")
    assert [task.status for task in told] == ["started", "success"]
    assert [seen.method for seen in server.seen] == ["POST", "POST", "GET", "GET", "GET", "GET"]


@pytest.mark.parametrize("task_id", ["", "..", "a/b"])
def test_what_is_no_id_is_asked_for_nowhere(client, server, task_id):
    with pytest.raises(InvalidInputError):
        client.call("resume_file", task_id)
    assert server.seen == []
