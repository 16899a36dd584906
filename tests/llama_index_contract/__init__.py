"""What any LlamaIndex LLM for an OpenAI-compatible gateway owes its user, as claims on the wire.

Nothing here knows a class: a claim gets a function that makes an LLM for an address. To hold
another integration to it, write such a function (`make(url, **settings)`), and run
`python -m tests.llama_index_contract yourmodule:make`. No pytest is needed for that.
"""
