"""`run_code`: a program runs in the gateway's sandbox, and only what it printed comes back."""

import copy
import json
import pickle

import pytest

import langchain_302
import llama_index_302
from core_302 import (
    BudgetError,
    CodeSettings,
    ConnectionLostError,
    GatewayError,
    InvalidInputError,
    QuotaError,
)
from emulator_302 import Fault
from tests.both_adapters.tool_faces import EVERY_FACE, FACES, ToolFace, tool_of  # noqa: F401
from tests.conftest import KEY
from tests.scripted_server import Close, reply

pytest_plugins = ["emulator_302.pytest_plugin"]

PATH = "/302/sandbox/direct_run_code"
SECRET = "canary-of-the-operator"


@pytest.fixture
def run(tool_of, ai302_emulator):  # noqa: F811
    """Return a function that makes the tool before the emulator."""

    def make(**settings):
        hosts = (ai302_emulator.file_host,)
        return tool_of(
            "AI302CodeTool",
            ai302_emulator.base_url,
            key=ai302_emulator.api_key,
            trusted_hosts=hosts,
            **settings,
        )

    return make


@EVERY_FACE
def test_a_program_is_sent_once_and_whole_and_what_it_printed_comes_back(run, ai302_emulator):
    code = "total = 0\nfor n in range(101):\n    total += n\nprint(total)"
    text, report = run(time_limit=7, envs={"TOKEN": SECRET}).call(code=code, language="Python3")
    assert (
        text
        == "The program was run.\nIt printed (each line of the program's begins with |):\n| 5050"
    )
    order, record = ai302_emulator.requests
    assert (order.method, order.path) == ("POST", PATH)
    assert order.body == {
        "code": code,
        "language": "python",
        "timeout": 7,
        "envs": {"TOKEN": SECRET},
    }
    assert record.path == f"/dashboard/record/{report['request_id']}"
    assert report == {
        "kind": "code",
        "language": "python",
        "stdout": "5050\n",
        "stderr": "",
        "problem": None,
        "files": [],
        "model": None,
        "request_id": order.request_id,
        "task_id": None,
        "cost": 0.001,
    }


@EVERY_FACE
def test_a_program_that_fails_is_a_result_and_no_error(run):
    text, report = run().call(code="print(1)\n1 / 0")
    assert "| 1\nIt printed as errors:\n| Traceback" in text
    assert text.endswith("| ZeroDivisionError: division by zero")
    assert report["stderr"].endswith("ZeroDivisionError: division by zero\n")


@EVERY_FACE
def test_a_file_comes_back_as_a_link_or_is_kept_by_the_name_that_was_asked_for(run, tmp_path):
    asked = {"code": "print(1)", "download_path": "out/my plot.png"}
    text, report = run().call(**asked)
    (file,) = report["files"]
    assert text.endswith(f"Its file:\n- {file['url']}")
    assert (file["path"], report["cost"]) == (None, 0.002)
    text, report = run(output_dir=tmp_path).call(**asked)
    (file,) = report["files"]
    (kept,) = tmp_path.iterdir()
    assert file["path"] == str(kept)
    assert kept.name.startswith("my-plot-")
    assert kept.suffix == ".txt", "what a file is, its host and its bytes say, not its name"
    assert kept.read_text().startswith("The emulator runs no programs")
    assert f"{file['bytes']} bytes text/plain, saved as {kept}" in text


@EVERY_FACE
def test_a_file_that_cannot_be_fetched_keeps_its_link_and_the_output(run, ai302_emulator, tmp_path):
    ai302_emulator.inject(Fault(path="/gpt/imgs", status=403, body="expired"))
    asked = {"code": "print(1)", "download_path": "plot"}
    text, report = run(output_dir=tmp_path).call(**asked)
    (file,) = report["files"]
    assert file["url"].startswith("http")
    assert "403" in file["problem"]
    assert "| 1" in text
    assert "but fetching it failed" in text


@EVERY_FACE
def test_a_secret_of_the_operator_that_a_program_prints_is_hidden(tool_of, server):  # noqa: F811
    printed = {"stdout": [f"TOKEN={SECRET}\n"], "stderr": [SECRET], "file": None}
    server.answer(reply(200, {"result": printed, "code": 1, "msg": f"exit: {SECRET}"}))
    settings = {"envs": {"TOKEN": SECRET, "SHORT": "ab"}, "look_up_cost": False}
    tool = tool_of("AI302CodeTool", server.url, **settings)
    text, report = tool.call(code="print(ab)", download_path="x")
    assert SECRET not in text + json.dumps(report)
    assert "| TOKEN=***" in text
    assert "The sandbox reports: exit: *** (code 1)" in text
    assert text.endswith("No file came back: the program may not have written it at that path.")


@EVERY_FACE
def test_an_error_of_the_gateway_is_an_error_without_the_secret(tool_of, server):  # noqa: F811
    refusal = {"error": {"err_code": -10004, "message": f"no balance for {SECRET}"}}
    server.answer(reply(402, refusal))
    tool = tool_of("AI302CodeTool", server.url, envs={"TOKEN": SECRET})
    with pytest.raises(QuotaError) as caught:
        tool.call(code="print(1)")
    assert SECRET not in f"{caught.value!r} {caught.value.body}"
    assert len(server.seen) == 1


@EVERY_FACE
@pytest.mark.parametrize(
    ("answer", "kind"), [(reply(500, {}), GatewayError), (Close(), ConnectionLostError)]
)
def test_a_program_whose_answer_is_lost_is_not_run_again(tool_of, server, answer, kind):  # noqa: F811
    server.answer(answer)
    with pytest.raises(kind, match="It was not sent again"):
        tool_of("AI302CodeTool", server.url).call(code="print(1)")
    assert len(server.seen) == 1


@EVERY_FACE
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"code": "  "}, "code: is empty"),
        ({"code": "1", "language": "cobol"}, "language: should be 'python'"),
        ({"code": "1", "timeout": 60}, "timeout: unknown"),
        ({"code": "1", "envs": {"PATH": "/"}}, "envs: unknown"),
        ({"code": "1", "download_path": "a\nb"}, "download_path: contains"),
    ],
)
def test_what_a_model_may_not_say_is_refused_before_anything_is_sent(
    run, ai302_emulator, arguments, said
):
    assert said in run().refusal(**arguments)
    assert ai302_emulator.requests == []


@EVERY_FACE
def test_the_budget_counts_the_seconds_that_a_program_may_run(run, ai302_emulator):
    tool = run(time_limit=30, budget=0.035)
    tool.call(code="print(1)")
    assert tool.tool.spent == pytest.approx(0.001), "what the record says, not what was assumed"
    for _ in range(5):
        tool.call(code="print(1)")
    with pytest.raises(BudgetError, match="nothing was sent"):
        tool.call(code="print(1)")
    assert len([seen for seen in ai302_emulator.requests if seen.path == PATH]) == 6


@pytest.mark.parametrize("face", FACES[::2], ids=["LangChain", "LlamaIndex"])
def test_the_operators_variables_are_in_no_repr_dump_or_pickle(face):
    tool = ToolFace(face, "AI302CodeTool", "https://api.302.ai", envs={"TOKEN": SECRET}).tool
    dumped = str(tool.model_dump()) if face[0] == "LangChain" else ""
    assert SECRET not in f"{tool!r} {tool} {tool.envs!r} {dumped}"
    assert SECRET.encode() not in pickle.dumps(tool)
    assert pickle.loads(pickle.dumps(tool.envs)) == {}
    assert copy.copy(tool.envs) == copy.deepcopy(tool).envs == {"TOKEN": SECRET}
    tool.envs = {"TOKEN": SECRET[::-1]}
    assert SECRET[::-1] not in repr(tool)


def test_a_selection_gives_its_code_settings_to_the_tool_and_shares_the_rest(
    ai302_emulator, tmp_path
):
    where = {"api_key": ai302_emulator.api_key, "trusted_hosts": (ai302_emulator.file_host,)}
    code = CodeSettings(time_limit=3, envs={"TOKEN": SECRET}, output_dir=tmp_path / "ignored")
    shared = {**where, "code": code, "output_dir": tmp_path / "shared", "budget": 1.0}
    toolkit = langchain_302.AI302Toolkit(base_url=ai302_emulator.base_url, **shared)
    spec = llama_index_302.AI302ToolSpec(api_base=ai302_emulator.base_url, **shared)
    (tool,) = [tool for tool in toolkit.get_tools() if tool.name == "run_code"]
    asked = {"code": "print(1)", "download_path": "a.txt"}
    texts = [tool.invoke(asked), spec.run_code(**asked)]
    orders = [seen.body for seen in ai302_emulator.requests if seen.path == PATH]
    assert [(body["timeout"], body["envs"]) for body in orders] == [(3, {"TOKEN": SECRET})] * 2
    assert all(str(tmp_path / "shared") in text for text in texts)
    assert toolkit.spent == spec.spent == pytest.approx(0.002)
    assert spec.reports[0]["kind"] == "code"
    assert SECRET not in f"{toolkit!r} {spec._selection!r}"
    assert SECRET.encode() not in pickle.dumps(toolkit) + pickle.dumps(spec)
    for one in (toolkit, spec):
        one.close()


def test_a_setting_out_of_bounds_is_named():
    for kind in (langchain_302.AI302CodeTool, llama_index_302.AI302CodeTool):
        with pytest.raises(InvalidInputError, match="time_limit"):
            kind(api_key=KEY, time_limit=241)
        with pytest.raises(InvalidInputError, match="envs"):
            kind(api_key=KEY, envs={"TOKEN": 3})
