"""An option is declared once: both adapters take it from there, with its type, bounds and check."""

import pytest

from core_302 import InvalidInputError
from core_302.options import chat, framework_names, retrieval
from core_302.options.answer import AnswerFields
from core_302.options.chat import LASTING, PER_CALL_ONLY, ChatFields, ChatOptions
from core_302.options.declaration import Declared
from core_302.options.retrieval import BatchFields, EmbeddingFields, RerankFields, SearchFields
from core_302.reading.audio_options import AudioReadingFields
from core_302.reading.file_options import FileReadingFields
from core_302.reading.options import ReadingFields
from tests.conftest import KEY

langchain = pytest.importorskip("langchain_302", reason="needs LangChain")
llama_index = pytest.importorskip("llama_index_302", reason="needs LlamaIndex")

OF_BOTH = [
    (ChatFields, langchain.ChatAI302, llama_index.AI302),
    (AnswerFields, langchain.ChatAI302, llama_index.AI302),
    (EmbeddingFields, langchain.AI302Embeddings, llama_index.AI302Embedding),
    (RerankFields, langchain.AI302Rerank, llama_index.AI302Rerank),
    (ReadingFields, langchain.AI302ImageLoader, llama_index.AI302ImageReader),
    (FileReadingFields, langchain.AI302FileLoader, llama_index.AI302FileReader),
    (AudioReadingFields, langchain.AI302AudioLoader, llama_index.AI302AudioReader),
    (BatchFields, langchain.AI302Embeddings, None),
    (SearchFields, langchain.AI302SearchRetriever, None),
]
FIELDS = [
    (declared, kind, name)
    for declared, *kinds in OF_BOTH
    for kind in kinds
    if kind is not None
    for name in declared.model_fields
]


@pytest.mark.parametrize(
    ("declared", "kind", "name"), FIELDS, ids=[f"{k.__module__}.{n}" for _, k, n in FIELDS]
)
def test_a_field_of_an_adapter_is_the_declaration_with_its_bounds(declared, kind, name):
    ours, theirs = declared.model_fields[name], kind.model_fields[name]
    assert theirs.annotation == ours.annotation
    assert theirs.metadata == ours.metadata
    assert theirs.default == ours.default


def test_a_class_that_declares_options_has_fields_and_nothing_else():
    classes = [
        kind
        for module in (chat, retrieval)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Declared)
    ]
    assert len(classes) > 8
    for kind in classes:
        assert not {name for name in vars(kind) if not name.startswith(("_", "model_"))}, kind


def test_what_is_asked_per_call_only_and_what_lasts_are_all_the_options():
    assert {*LASTING, *PER_CALL_ONLY} == ChatOptions.model_fields.keys()
    of_tools = {"tools", "tool_choice", "parallel_tool_calls"}
    assert {*of_tools, "response_format", "timeout", "extra_headers"} == PER_CALL_ONLY


WRONG = [
    (langchain.ChatAI302, {"model": "m"}, "temperature", 2.5),
    (langchain.ChatAI302, {"model": "m"}, "top_logprobs", 21),
    (langchain.ChatAI302, {"model": "m"}, "reasoning_back", "sometimes"),
    (langchain.ChatAI302, {"model": "m"}, "user_id", "me"),
    (langchain.ChatAI302, {"model": "m"}, "model", ""),
    (langchain.AI302SearchRetriever, {}, "k", 101),
    (langchain.AI302Rerank, {"model": "m"}, "top_n", 0),
    (langchain.AI302Embeddings, {"model": "m"}, "texts_per_call", 3_000),
    (langchain.AI302ImageParser, {}, "concurrency", 0),
    (llama_index.AI302, {"model": "m"}, "temperature", 2.5),
    (llama_index.AI302, {"model": "m"}, "context_window", 0),
    (llama_index.AI302, {"model": "m"}, "max_retries", -1),
    (llama_index.AI302Embedding, {"model_name": "m"}, "dimensions", 0),
    (llama_index.AI302Rerank, {"model": "m"}, "path", "rerank"),
    (llama_index.AI302ImageReader, {}, "cache", 5),
]


@pytest.mark.parametrize(("kind", "given", "name", "value"), WRONG)
def test_a_value_out_of_bounds_is_refused_by_the_constructor_and_on_assignment(
    kind, given, name, value
):
    with pytest.raises(InvalidInputError, match=f"{name}: "):
        kind(api_key=KEY, **{**given, name: value})
    made = kind(api_key=KEY, **given)
    before = getattr(made, name)
    with pytest.raises(InvalidInputError, match=f"{name}: "):
        setattr(made, name, value)
    assert getattr(made, name) == before


def test_a_good_value_can_be_assigned_and_a_frameworks_own_field_is_left_to_it():
    model = langchain.ChatAI302(model="m", api_key=KEY)
    model.temperature = 1
    model.web_search = {"results": 3}
    model.tags = "as LangChain takes it"
    assert model.temperature == 1.0
    assert model.web_search.results == 3
    assert model.tags == "as LangChain takes it"


@pytest.mark.parametrize("entry", framework_names.FRAMEWORK_NAMES, ids=lambda e: e.name)
def test_a_name_that_a_framework_gives_is_one_that_its_class_takes(entry):
    package = {"LangChain": langchain, "LlamaIndex": llama_index}[entry.framework]
    names = entry.classes
    if names == ("every class",):
        names = [name for name in package.__all__ if hasattr(getattr(package, name), "_gateway")]
        assert names
    for kind in (getattr(package, name) for name in names):
        if hasattr(kind, "model_fields"):
            taken = {
                spelling
                for name, field in kind.model_fields.items()
                for spelling in (name, *getattr(field.validation_alias, "choices", ()))
            }
        else:
            assert entry.name in kind.__init__.__annotations__
            assert kind(api_key=KEY, **{entry.option: None})  # as one of its further names
            continue
        assert entry.name in taken
        assert (entry.option in taken) is entry.also_ours
