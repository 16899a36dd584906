// OpenAI's own library for Node against the emulator: a chat, a stream, a tool, an embedding.
// Runs in a folder of its own (`make sdks`). The emulator's address is the argument.

import assert from "node:assert";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(process.cwd() + "/");
const { default: OpenAI } = await import(require.resolve("openai"));
const { version } = JSON.parse(readFileSync("node_modules/openai/package.json", "utf8"));

const tool = {
  type: "function",
  function: {
    name: "lookup_order",
    description: "Look up an order.",
    parameters: {
      type: "object",
      properties: { order_id: { type: "string" } },
      required: ["order_id"],
    },
  },
};

const client = new OpenAI({ apiKey: "whatever", baseURL: `${process.argv[2]}/v1`, maxRetries: 0 });
const messages = [{ role: "user", content: "Say exactly: it works" }];
const chat = await client.chat.completions.create({ model: "my-model", messages });
assert.equal(chat.choices[0].message.content, "it works");
assert.equal(chat.model, "my-model");

let text = "";
for await (const chunk of await client.chat.completions.create({ model: "my-model", messages, stream: true })) {
  text += chunk.choices[0].delta.content ?? "";
}
assert.equal(text, "it works");

const wanted = [{ role: "user", content: "Look up the order A-17." }];
const called = await client.chat.completions.create({ model: "my-model", messages: wanted, tools: [tool] });
const [call] = called.choices[0].message.tool_calls;
assert.equal(call.function.name, "lookup_order");
assert.match(JSON.parse(call.function.arguments).order_id, /A-17/);

const found = await client.embeddings.create({ model: "my-embedding", input: ["a", "b"] });
assert.deepEqual(found.data.map((item) => item.index), [0, 1]);
assert.equal(typeof found.data[0].embedding[0], "number");

await assert.rejects(
  client.chat.completions.create({ model: "my-model", messages, temperature: "hot" }),
  (error) => error instanceof OpenAI.BadRequestError,
);
console.log(`openai ${version} (Node): chat, stream, tool call, embeddings, error`);
