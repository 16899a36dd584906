"""Reading tools: the words of an image, a web page or a document, for a model."""

from __future__ import annotations

from core_302.tools.read_file import READ_FILE
from core_302.tools.read_image import READ_IMAGE
from core_302.tools.read_page import READ_PAGE
from core_302.tools.settings import ReadFileSettings, ReadImageSettings, ReadPageSettings
from langchain_302.client_fields import connected
from langchain_302.tools.capability_tool import CapabilityTool, TaskTool


@connected
class AI302ReadImageTool(CapabilityTool, ReadImageSettings):
    """Lets an agent read the words on an image, or ask about it.

    Use:
        ```python
        from langchain_302 import AI302ReadImageTool

        read = AI302ReadImageTool(allowed_dirs=["scans"])
        read.invoke({"image": "invoice.png", "question": "What is the total?"})
        ```

    The `artifact` of its tool message has `model`, `request_id` and `citations`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = READ_IMAGE


@connected
class AI302ReadPageTool(CapabilityTool, ReadPageSettings):
    """Lets an agent read a page of the web as Markdown, by its address.

    Use:
        ```python
        from langchain_302 import AI302ReadPageTool

        read = AI302ReadPageTool(budget=1.0)
        read.invoke({"url": "https://harbour-times.example/news/larkhaven-terminal-reopens"})
        ```

    The `artifact` of its tool message has the whole text, `url`, `title`, `request_id` and `cost`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = READ_PAGE


@connected
class AI302ReadFileTool(TaskTool, ReadFileSettings):
    """Lets an agent read documents: PDF, Word, Excel, PowerPoint, EPUB, CSV and others.

    Use:
        ```python
        from langchain_302 import AI302ReadFileTool

        read = AI302ReadFileTool(allowed_dirs=["contracts"], output_dir="read")
        read.invoke({"file": "offer.docx"})
        ```

    A file goes to 302.AI. With `method="parse"` and `"mineru"`, and where `"auto"` takes `parse`,
    it is uploaded first: anybody who has its link can read it. The `artifact` of the tool
    message has the text, the method, the ids and the cost.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = READ_FILE
