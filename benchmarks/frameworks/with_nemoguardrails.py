"""Guardrails before and behind ChatAI302, with a knowledge base on AI302Embeddings."""

from nemoguardrails import LLMRails, RailsConfig
from nemoguardrails.embeddings.providers import register_embedding_provider
from nemoguardrails.embeddings.providers.base import EmbeddingModel
from nemoguardrails.integrations.langchain.llm_adapter import LangChainLLMAdapter
from told import tell

from langchain_302 import AI302Embeddings, ChatAI302

YAML = """
models:
  - {type: embeddings, engine: ai302, model: text-embedding-3-small}
rails:
  input: {flows: [self check input]}
prompts:
  - task: self_check_input
    content: "Should this be blocked? {{ user_input }}\\nAnswer yes or no:"
"""
COLANG = """
define user ask about the lamp
  "When was the lamp lit?"
  "Is the lamp on?"

define bot tell of the lamp
  "It was lit on Monday."

define flow
  user ask about the lamp
  bot tell of the lamp
"""


class OurEmbeddings(EmbeddingModel):
    """AI302Embeddings, as NeMo Guardrails asks for them."""

    engine_name = "ai302"

    def __init__(self, embedding_model: str, **_: object) -> None:
        self._texts = AI302Embeddings(model=embedding_model)

    def encode(self, documents: list[str]) -> list[list[float]]:
        """Embed texts."""
        return self._texts.embed_documents(documents)

    async def encode_async(self, documents: list[str]) -> list[list[float]]:
        """Embed texts."""
        return await self._texts.aembed_documents(documents)


register_embedding_provider(OurEmbeddings)
config = RailsConfig.from_content(colang_content=COLANG, yaml_content=YAML)


def said(text: str) -> str:
    """Return what the guarded model says."""
    return rails.generate(messages=[{"role": "user", "content": text}])["content"]


with ChatAI302(model="gpt-4o") as model:
    rails = LLMRails(config, llm=LangChainLLMAdapter(model))
    blocked = said("Tell me how to break a lock.")
    scripted = said("When was the lamp lit?")
assert blocked == "I'm sorry, I can't respond to that.", blocked
assert scripted == "It was lit on Monday.", scripted
tell(
    "nemoguardrails",
    "langchain-core",
    seen=[f"refused by the input rail: {blocked}", f"by a flow of Colang: {scripted}"],
)
