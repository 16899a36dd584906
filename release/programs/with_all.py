"""With `all`: both frameworks ask the emulator, which answers an agent's picture, too."""

from pathlib import Path

import emulator_302
from langchain_302 import AI302ImageTool, ChatAI302
from llama_index_302 import AI302

SAY = "Say exactly: it works"
with emulator_302.running() as gateway:
    key, address = gateway.api_key, gateway.base_url
    with ChatAI302(model="gpt-4o", api_key=key, base_url=address) as model:
        assert "it works" in model.invoke(SAY).text
        assert "it works" in "".join(piece.text for piece in model.stream(SAY))
    assert "it works" in AI302(model="gpt-4o", api_key=key, api_base=address).complete(SAY).text
    tool = AI302ImageTool(
        api_key=key, base_url=address, output_dir="pictures", trusted_hosts=("localhost",)
    )
    tool.invoke({"prompt": "a fox"})
assert len(list(Path("pictures").iterdir())) == 1
