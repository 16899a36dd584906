"""The emulator's model drives tools that make pictures, by the words of the order."""

import json

import pytest

from tests.emulator_302.rule_model.test_answer import WEATHER, called

STYLES = ["Comic", "Line Art", "Watercolor", "Cyberpunk", "Low Poly", "Pencil Sketch"]
PEOPLE = ["female", "male", "kid"]


def maybe(kind):
    return {"anyOf": [{"type": kind}, {"type": "null"}], "default": None}


def tool(name, description, required, **properties):
    schema = {"type": "object", "properties": properties, "required": required}
    schema["$defs"] = {"Style": {"enum": STYLES, "type": "string"}}
    function = {"name": name, "description": description, "parameters": schema}
    return {"type": "function", "function": function}


SIDES = {"width": maybe("integer"), "height": maybe("integer")}
IMAGE = tool(
    "generate_image",
    "Generate a picture from a description.",
    ["prompt"],
    prompt={"type": "string"},
    model=maybe("string"),
    aspect_ratio=maybe("string"),
    negative_prompt=maybe("string"),
    output_format=maybe("string"),
    image=maybe("string"),
    **SIDES,
)
AVATAR = tool(
    "generate_avatar",
    "Turn a photo of a person into avatars.",
    ["image", "person_type"],
    image={"type": "string"},
    person_type={"enum": PEOPLE, "type": "string"},
    style={"anyOf": [{"$ref": "#/$defs/Style"}, {"type": "null"}]},
    custom_prompt=maybe("string"),
    num={"type": "integer", "minimum": 1, "maximum": 4, "default": 1},
    **SIDES,
)
TOOLS = [IMAGE, AVATAR]


def picture(prompt, **more):
    return "generate_image", {"prompt": prompt, **more}


def avatar(image, person, **more):
    return "generate_avatar", {"image": image, "person_type": person, **more}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (
            "Generate an image of a red fox in snow, 16:9",
            [picture("a red fox in snow", aspect_ratio="16:9")],
        ),
        (
            "Please create a 512x768 picture of a cat without people as webp.",
            [
                picture(
                    "a cat", width=512, height=768, negative_prompt="people", output_format="webp"
                )
            ],
        ),
        (
            'Generate an image with the prompt "sky city" and the model gpt-image-1',
            [picture("sky city", model="gpt-image-1")],
        ),
        (
            "Paint a sailing boat with flux-dev-t2i, then a picture of a rose.",
            [picture("a sailing boat", model="flux-dev-t2i"), picture("a rose")],
        ),
        (
            "Make three Cyberpunk avatars of the kid at https://example.com/tom.jpg.",
            [avatar("https://example.com/tom.jpg", "kid", style="Cyberpunk", num=3)],
        ),
        (
            "Turn the man in me.jpg into a Low Poly avatar.",
            [avatar("me.jpg", "male", style="Low Poly")],
        ),
        (
            "I want a portrait of my daughter in img/kid.webp in the style of a Pencil Sketch",
            [avatar("img/kid.webp", "kid", style="Pencil Sketch")],
        ),
        (
            "Make an avatar from a.jpeg: a boy as an astronaut, 512x512",
            [avatar("a.jpeg", "kid", custom_prompt="an astronaut", width=512, height=512)],
        ),
        ("Hello, how are you?", []),
        ("What is the capital of France?", []),
        ("Describe photo.png", []),
    ],
)
def test_an_order_of_pictures_fills_the_tool_that_it_needs(caller, asked, expected):
    assert called(caller.ask(asked, tools=TOOLS)) == expected


def test_a_tool_with_a_size_and_lists_of_images_is_filled_as_well(caller):
    several = {"type": "array", "items": {"type": "string"}}
    draw = tool(
        "generate_image",
        "Draw an image.",
        ["prompt"],
        prompt={"type": "string"},
        size=maybe("string"),
        images={"anyOf": [several, {"type": "null"}]},
        n=maybe("integer"),
    )
    asked = "Draw three 512x768 pictures of a cat without people from a.png and b.png."
    ((_, found),) = called(caller.ask(asked, tools=[draw]))
    assert "a cat without people" in found.pop("prompt")
    assert found == {"size": "512x768", "images": ["a.png", "b.png"], "n": 3}
    needs = tool("edit_image", "Draw an image.", ["images"], images=several)
    assert called(caller.ask("Draw over a.png.", tools=[needs])) == [
        ("edit_image", {"images": ["a.png"]})
    ]


def run(caller, asked, answers, tools=TOOLS, turns=5, **fields):
    """Let the model use tools until it answers; return the calls and the answer."""
    messages, done = [{"role": "user", "content": asked}], []
    for _ in range(turns):
        message = caller.ask(messages, tools=tools, **fields)
        messages.append(message)
        if not message.get("tool_calls"):
            return done, message["content"]
        done += called(message)
        messages += [
            {"role": "tool", "tool_call_id": one["id"], "content": answers[one["function"]["name"]]}
            for one in message["tool_calls"]
        ]
    raise AssertionError("the model does not come to an end")


ANSWERS = {
    "generate_image": json.dumps({"url": "http://localhost:1/gpt/imgs/1/a.png"}),
    "generate_avatar": "Saved at out/b.webp and out/c.webp",
    "get_weather": "Snow, -3 degrees",
}
BOTH = (
    "Draw a picture of a lighthouse at dusk. Then make two Watercolor avatars of the woman in "
    "photo.png and describe them."
)


@pytest.mark.parametrize("more", [{}, {"parallel_tool_calls": False}])
def test_an_agent_draws_restyles_and_tells_where_the_results_are(caller, more):
    done, said = run(caller, BOTH, ANSWERS, **more)
    assert done == [
        picture("a lighthouse at dusk"),
        avatar("photo.png", "female", style="Watercolor", num=2),
    ]
    for word in ("lighthouse", "Two Watercolor avatars", "/a.png", "out/b.webp", "out/c.webp"):
        assert word in said


def test_it_waits_for_the_picture_that_another_tool_makes(caller):
    asked = "Draw a picture of an old sailor. Then make a Comic avatar of him."
    done, _ = run(caller, asked, ANSWERS)
    assert done == [
        picture("an old sailor"),
        avatar("http://localhost:1/gpt/imgs/1/a.png", "male", style="Comic"),
    ]


def test_other_tools_keep_their_part_of_the_request(caller):
    asked = "What is the weather in Oslo? Then draw a picture of a snowman."
    done, said = run(caller, asked, ANSWERS, tools=[WEATHER, *TOOLS])
    assert sorted(done) == [picture("a snowman"), ("get_weather", {"location": "Oslo"})]
    assert "Snow, -3 degrees" in said


def test_a_tool_that_made_nothing_is_quoted(caller):
    answers = {**ANSWERS, "generate_avatar": "Error: the photo cannot be read"}
    assert "the photo cannot be read" in run(caller, BOTH, answers)[1]
