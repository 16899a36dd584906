"""mem0 on ChatAI302 and AI302Embeddings: a memory is found in a conversation, and sought."""

import tempfile

from mem0 import Memory
from told import tell

from langchain_302 import AI302Embeddings, ChatAI302

with (
    tempfile.TemporaryDirectory() as folder,
    ChatAI302(model="gpt-4o") as model,
    AI302Embeddings(model="text-embedding-3-small") as embeddings,
):
    dims = len(embeddings.embed_query("a"))
    memory = Memory.from_config(
        {
            "llm": {"provider": "langchain", "config": {"model": model}},
            "embedder": {"provider": "langchain", "config": {"model": embeddings}},
            "vector_store": {
                "provider": "qdrant",
                "config": {"path": folder, "embedding_model_dims": dims},
            },
            "history_db_path": f"{folder}/history.db",
        }
    )
    added = memory.add([{"role": "user", "content": "I play the oboe."}], user_id="ada")
    found = memory.search("What does the user play?", filters={"user_id": "ada"})
    memory.close()
texts = [one["memory"] for one in added["results"]]
assert texts == ["The user plays the oboe."], added
assert [one["memory"] for one in found["results"]] == texts, found
tell("mem0ai", "qdrant-client", "langchain", seen=[f"added: {texts}", "found again: yes"])
