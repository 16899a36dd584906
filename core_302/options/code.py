"""A program that the code sandbox runs in one call, with every documented rule about it.

Source: 302.AI's product page of the virtual machine sandbox, and the schema of its MCP server
(302ai/302_sandbox_mcp), which has the default of the time limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from core_302.config import unshown_values
from core_302.options.given import Given, word_as_written

Language = Literal["python", "r", "java", "bash", "js"]
"""The languages. The gateway takes any other word for Python, so none is sent."""

LONGEST_CODE = 100_000  # characters
LONGEST_RUN = 240  # seconds: shorter than the usual limit of a paid job, which has to hold it
USUAL_RUN = 5  # seconds: the default of 302.AI's MCP schema
LONGEST_PATH = 500  # characters
ALIKE = {
    "python3": "python",
    "py": "python",
    "javascript": "js",
    "node": "js",
    "nodejs": "js",
    "sh": "bash",
    "shell": "bash",
}


def language_as_written(value: object) -> object:
    """Return a language as the gateway spells it: `js` for JavaScript."""
    plain = word_as_written(value)
    return ALIKE.get(plain, plain) if isinstance(plain, str) else plain


def _check_code(code: str) -> str:
    if not code.strip():
        raise ValueError("is empty: write a program")
    return code


def _check_path(path: str) -> str:
    if not path.isprintable():
        raise ValueError("contains characters that no path has")
    return path


Code = Annotated[str, Field(max_length=LONGEST_CODE), AfterValidator(_check_code)]
CodeLanguage = Annotated[Language, BeforeValidator(language_as_written)]
CodePath = Annotated[str, Field(min_length=1, max_length=LONGEST_PATH), AfterValidator(_check_path)]


class SecretVariables(dict[str, str]):
    """Environment variables: no repr shows their values, and no pickle carries them."""

    def __init__(self, given: Mapping[str, str] | None = None) -> None:
        super().__init__(unshown_values(given or {}))

    def __reduce__(self) -> tuple[type[SecretVariables], tuple[()]]:
        """A pickle would outlive the process on a disk."""
        return SecretVariables, ()

    def __copy__(self) -> SecretVariables:
        return SecretVariables(self)

    def __deepcopy__(self, memo: dict[int, object]) -> SecretVariables:
        """A copy in this process keeps them."""
        return SecretVariables(self)


Variables = Annotated[Mapping[str, str], AfterValidator(SecretVariables)]


class CodeRequest(Given):
    """A program to be run in a sandbox of 302.AI, which is thrown away afterwards.

    Attributes:
        code: The program.
        language: In which language: `python`, `r`, `java`, `bash` or `js`.
        download_path: The path in the sandbox of a file that the program writes and that is wanted
            back. The gateway makes a link of it, which anybody can read who has it.
        timeout: How long the program may run, in seconds.
        envs: Environment variables of the program. Treated as secret: never shown. The program can
            read them, and send them wherever it likes.

    Raises:
        pydantic.ValidationError: A value cannot be sent.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    code: Annotated[
        Code, Field(description="The whole program. It must print what you want to know.")
    ]
    language: Annotated[CodeLanguage, Field(description="Its language; python if left out.")] = (
        "python"
    )
    download_path: Annotated[
        CodePath | None,
        Field(
            description="Path in the sandbox of one file that the program writes and that is "
            "wanted back."
        ),
    ] = None
    timeout: Annotated[int, Field(ge=1, le=LONGEST_RUN)] = USUAL_RUN
    envs: Variables = Field(default_factory=SecretVariables, repr=False, exclude=True)
