"""An extractor on ChatAI302: a patch mends a wrong call, another updates a known object."""

from pydantic import BaseModel, Field
from told import tell
from trustcall import create_extractor

from langchain_302 import ChatAI302


class Person(BaseModel):
    """Somebody."""

    name: str
    age: int = Field(ge=0)


with ChatAI302(model="gpt-4o") as model:
    extractor = create_extractor(model, tools=[Person], tool_choice="Person")
    made = extractor.invoke({"messages": [("user", "Ada is thirty-six.")]})
    known = {"Person": made["responses"][0].model_dump()}
    changed = extractor.invoke({"messages": [("user", "It is Ada's birthday.")], "existing": known})
assert made["responses"] == [Person(name="Ada", age=36)], made
assert changed["responses"] == [Person(name="Ada", age=37)], changed
tell(
    "trustcall",
    "langgraph",
    seen=[
        f"mended in {made['attempts']} attempts: {made['responses'][0]!r}",
        f"updated: {changed['responses'][0]!r}",
    ],
)
