"""Client: 302.AI, blocking. The methods it offers; `net/sync_runner.py` runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from core_302.endpoints.asked_answer import answer_reader
from core_302.endpoints.chat_delta import ChatDelta
from core_302.endpoints.chat_reply import Completion
from core_302.endpoints.chat_request import Message, chat_request
from core_302.flow import ask
from core_302.lazy_imports import OnDemand
from core_302.messages.answer_chunks import StreamReading
from core_302.net.deadline import CallContext
from core_302.net.sync_runner import SyncRunner
from core_302.options.chat import ChatOptions

if TYPE_CHECKING:
    from core_302.endpoints import account, avatars, image_reply, images, models, voices
    from core_302.endpoints.account import Record
    from core_302.endpoints.embeddings import Embedded
    from core_302.endpoints.image_reply import ImageJob, ImageTask
    from core_302.endpoints.mineru import MinerUTask
    from core_302.endpoints.models import Model
    from core_302.endpoints.rerank import Ranking
    from core_302.endpoints.search import SearchReport
    from core_302.endpoints.voices import Voice
    from core_302.flows import download, drawing, embedding, files, image_jobs, retrieval
    from core_302.flows.files import FileText
    from core_302.image_parts import ImageFile
    from core_302.options import file as file_options
    from core_302.options import retrieval as retrieval_options
    from core_302.options.avatar import AvatarRequest
    from core_302.options.file import FileOptions
    from core_302.options.image import ImageRequest, OpenAIImageRequest
    from core_302.options.retrieval import EmbeddingOptions, RerankOptions, SearchOptions
else:
    download = OnDemand("core_302.flows.download")
    drawing = OnDemand("core_302.flows.drawing")
    file_options = OnDemand("core_302.options.file")
    files = OnDemand("core_302.flows.files")
    image_jobs = OnDemand("core_302.flows.image_jobs")
    embedding = OnDemand("core_302.flows.embedding")
    retrieval = OnDemand("core_302.flows.retrieval")
    retrieval_options = OnDemand("core_302.options.retrieval")
    account = OnDemand("core_302.endpoints.account")
    avatars = OnDemand("core_302.endpoints.avatars")
    image_reply = OnDemand("core_302.endpoints.image_reply")
    images = OnDemand("core_302.endpoints.images")
    models = OnDemand("core_302.endpoints.models")
    voices = OnDemand("core_302.endpoints.voices")


class Client(SyncRunner):
    """302.AI, blocking. Safe to share between threads; a context manager.

    Args:
        settings: How to reach the gateway; from the environment by default.
        http_client: Your own `httpx.Client`, for proxies or certificates; never closed here.
        retry: Your own retry policy; by default `settings.max_retries` with full jitter.
        polling: How often a task is polled.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
    """

    def chat(
        self, model: str, messages: Sequence[Message], options: ChatOptions | None = None
    ) -> Completion:
        """Request an answer in one response.

        Args:
            model: The model's name. An unknown one is sent as it is.
            messages: The conversation, in the wire's form: `{"role": "user", "content": "..."}`.
            options: What else is requested; nothing by default.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        request = chat_request(model, messages, options)
        wanted = options.response_format if options else None
        flow = ask(request, answer_reader(request.own_names, wanted))
        return self._run(flow, CallContext(self._settings_for(options)))

    def stream_chat(
        self,
        model: str,
        messages: Sequence[Message],
        options: ChatOptions | None = None,
        *,
        stream_usage: bool = True,
        split_think: bool = False,
        merge_chunks: bool = True,
    ) -> Iterator[ChatDelta]:
        """Request an answer as a stream of chunks. Nothing is sent before the first chunk is read.

        Args:
            model: The model's name. An unknown one is sent as it is.
            messages: The conversation, in the wire's form.
            options: What else is requested; nothing by default.
            stream_usage: Request the token counts at the end.
            split_think: Move `<think>...</think>` out of the text into the reasoning.
            merge_chunks: Return text that has already come in one chunk of up to 2,000 characters,
                behind a reader who is slower than the server; False: one chunk an event.

        Raises:
            AI302Error: At once for what cannot be sent; else from the iterator.
        """
        request = chat_request(model, messages, options, stream=True, stream_usage=stream_usage)
        reading = StreamReading(split_think, merge_chunks)
        return self._stream(request, self._settings_for(options), reading)

    def models(self, *, chat_only: bool = False) -> tuple[Model, ...]:
        """List the models of this host; with `chat_only`, the language models alone.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        return self._ask(models.models_request(chat_only=chat_only), models.read_models)

    def record(self, request_id: str) -> Record:
        """Return the gateway's record of a call: its cost and its tokens.

        Raises:
            NotFoundError: There is no such call, or not yet.
            AI302Error: See the tree in `core_302.errors`.
        """
        return self._ask(account.record_request(request_id), account.read_record)

    def balance(self) -> float:
        """Return what is left, in PTC; 1 PTC is 1 US dollar.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        return self._ask(account.balance_request(), account.read_balance)

    def voices(self, provider: str | None = None) -> tuple[Voice, ...]:
        """List the voices that a text can be read aloud with, of one provider or of all. Free.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        return self._ask(voices.voices_request(provider), voices.read_voices)

    def embed(
        self,
        texts: Sequence[str],
        options: EmbeddingOptions,
        partial: Sequence[list[float] | None] | None = None,
    ) -> Embedded:
        """Turn texts into vectors, in as many calls as they need.

        After an error, `partial=error.partial` sends only the texts that have no vector yet.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        return self.run(embedding.embed(texts, options, partial))

    def rerank(self, query: str, documents: Sequence[str], options: RerankOptions) -> Ranking:
        """Rank documents by how well they fit a question.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        return self.run(retrieval.rerank(query, documents, options))

    def search(self, query: str, options: SearchOptions | None = None) -> SearchReport:
        """Search the web. Billed by the provider's fee.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        return self.run(retrieval.search(query, options or retrieval_options.SearchOptions()))

    def generate_image(
        self,
        asked: ImageRequest,
        *,
        as_task: bool | None = None,
        on_progress: Callable[[ImageTask], object] | None = None,
    ) -> ImageJob:
        """Draw an image, or work on given ones, where the model is served. Paid: ordered once.

        Args:
            asked: The image.
            as_task: Order a task and poll it, or ask in one call; by default as the endpoint of
                the model is best asked. What is not listed is a task at today's endpoint.
            on_progress: Called with an `ImageTask` after each answer about a task.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        flow = drawing.draw(asked, as_task=as_task)
        return self.run(flow, on_progress=on_progress)

    def generate_image_v2(self, asked: ImageRequest) -> ImageJob:
        """Draw an image with the unified endpoint's second version, in one call. Paid: sent once.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        flow = image_jobs.image_job(images.task_request(asked, run_async=False))
        return self.run(drawing.offered(asked.model, flow))

    def generate_image_task(
        self, asked: ImageRequest, *, on_progress: Callable[[ImageTask], object] | None = None
    ) -> ImageJob:
        """Draw an image as a task of today's endpoint, and poll it. Paid: ordered once.

        `on_progress` is called with an `ImageTask` after each answer.

        Raises:
            AI302Error: With `task_id` set, if the task was ordered: see `resume_image`.
        """
        flow = image_jobs.image_task(images.task_request(asked))
        return self.run(drawing.offered(asked.model, flow), on_progress=on_progress)

    def start_image(self, asked: ImageRequest, *, webhook: str | None = None) -> ImageTask:
        """Order an image as a task, and do not wait. Paid: ordered once.

        Args:
            asked: The image.
            webhook: A link of yours that the gateway calls when the task is done.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        request = images.task_request(asked, webhook=webhook)
        flow = image_jobs.paid(request, image_reply.read_task)
        return self.run(drawing.offered(asked.model, flow))

    def image_task(self, task_id: str) -> ImageTask:
        """Poll a task once. This costs nothing.

        Raises:
            JobFailedError: It failed.
            AI302Error: See the tree in `core_302.errors`.
        """
        return self.run(drawing.look(task_id))

    def resume_image(
        self, task_id: str, *, on_progress: Callable[[ImageTask], object] | None = None
    ) -> ImageJob:
        """Wait for a task that was ordered earlier. This costs nothing.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        flow = drawing.resume(task_id)
        return self.run(flow, on_progress=on_progress)

    def generate_openai_image(self, asked: OpenAIImageRequest) -> ImageJob:
        """Draw or edit images in OpenAI's form. Paid: sent once.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        flow = image_jobs.image_job(images.openai_request(asked))
        return self.run(drawing.offered(asked.model, flow))

    def generate_avatars(self, asked: AvatarRequest) -> ImageJob:
        """Make avatars from a photo. Paid: sent once.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        return self.run(image_jobs.image_job(avatars.avatar_request(asked)))

    def read_file(
        self,
        given: bytes | str,
        options: FileOptions | None = None,
        *,
        filename: str = "",
        on_progress: Callable[[MinerUTask], object] | None = None,
    ) -> FileText:
        """Turn a file into text. Paid: each call is sent once.

        Args:
            given: Its bytes, or its http(s) link, which the gateway follows.
            options: Which way is taken; by default one that does not upload it, where there is one.
            filename: Its name, whose ending says what it is, where its bytes do not.
            on_progress: Called with a `MinerUTask` after each answer about a task.

        Raises:
            AI302Error: With `task_id` set, if a task was ordered: see `resume_file`.
        """
        flow = files.read(given, filename, options or file_options.FileOptions())
        return self.run(flow, on_progress=on_progress)

    def resume_file(
        self, task_id: str, *, on_progress: Callable[[MinerUTask], object] | None = None
    ) -> FileText:
        """Wait for a file's task that was ordered earlier, and return its text. This costs nothing.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        flow = files.resumed(task_id, files.BY_CLIENT)
        return self.run(flow, on_progress=on_progress)

    def download(self, link: str) -> ImageFile:
        """Fetch an image from a file host, without the key, within limits.

        Raises:
            InvalidInputError: The link leads to an internal address; see `trusted_hosts`.
            MalformedReplyError: The file is not an image.
            AI302Error: See the tree in `core_302.errors`.
        """
        return self.run(download.download(link))
