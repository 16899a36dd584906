"""A vendor of embeddings that refuses some texts."""

from dataclasses import dataclass, field

from tests.scripted_server import Script, reply


def vector_of(text):
    return [float(len(text)), float(text.split()[-1])]


@dataclass
class Vendor(Script):
    """Refuses a request with a bad text, or with more texts than it takes."""

    bad: tuple = ()
    most: int = 100
    says: str = "bad input"
    param: object = None
    status: int = 400
    texts: list = field(default_factory=list)

    def next_reply(self, request):
        texts = request.json["input"]
        with self.lock:
            self.seen.append(request)
            self.texts.append(texts)
        if len(texts) > self.most or set(texts) & set(self.bad):
            return reply(self.status, {"error": {"message": self.says, "param": self.param}})
        entries = [
            {"index": place, "embedding": vector_of(text)} for place, text in enumerate(texts)
        ]
        usage = {"prompt_tokens": len(texts), "total_tokens": len(texts)}
        return reply(200, {"data": entries, "usage": usage}, headers={"request-id": texts[0]})
