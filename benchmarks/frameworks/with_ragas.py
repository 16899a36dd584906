"""ragas judges an answer with ChatAI302 and AI302Embeddings, and with a plain client of OpenAI."""

import asyncio
import os
import warnings

warnings.simplefilter("ignore", DeprecationWarning)

from openai import AsyncOpenAI
from ragas import EvaluationDataset, evaluate
from ragas.embeddings import LangchainEmbeddingsWrapper
from ragas.llms import LangchainLLMWrapper, llm_factory
from ragas.metrics import Faithfulness, ResponseRelevancy
from ragas.metrics.collections import Faithfulness as NewFaithfulness
from told import tell

from langchain_302 import AI302Embeddings, ChatAI302

SAMPLE = {
    "user_input": "When was the lamp lit?",
    "response": "The lamp was lit on Monday. It is red.",
    "retrieved_contexts": ["The lamp of the lighthouse was lit again on Monday."],
}


async def judged_by_a_client_of_openai() -> float:
    """Return how faithful the answer is by the metrics that take no LangChain."""
    url, key = f"{os.environ['AI302_BASE_URL']}/v1", os.environ["AI302_API_KEY"]
    async with AsyncOpenAI(base_url=url, api_key=key) as client:
        metric = NewFaithfulness(llm=llm_factory("gpt-4o", client=client))
        return (await metric.ascore(**SAMPLE)).value


with ChatAI302(model="gpt-4o") as model, AI302Embeddings(model="text-embedding-3-small") as texts:
    result = evaluate(
        EvaluationDataset.from_list([SAMPLE]),
        [Faithfulness(), ResponseRelevancy(strictness=1)],
        llm=LangchainLLMWrapper(model),
        embeddings=LangchainEmbeddingsWrapper(texts),
        show_progress=False,
    )
scores = result.scores[0]
assert scores["faithfulness"] == 0.5, scores
assert scores["answer_relevancy"] > 0.99, scores
other = asyncio.run(judged_by_a_client_of_openai())
assert other == 0.5, other
tell(
    "ragas",
    "langchain-core",
    "openai",
    seen=[
        f"faithfulness {scores['faithfulness']} by langchain_302",
        f"relevancy {scores['answer_relevancy']:.2f} by langchain_302",
        f"faithfulness {other} by the OpenAI client on the gateway's address",
    ],
)
