// The official npm SDK of Plivo on a leash: one JSON request on stdin, one JSON answer on stdout.
//
//   {"do":"send","client":{url,auth_id,token},"src","dst","text","options"}   -> the created message
//   {"do":"get","client":…,"uuid"}  {"do":"list","client":…,"filters"}        -> records
//   {"do":"validate","cases":[{method,url,nonce,token,v3,v2,params}]}         -> [[v3 is valid, v2 is valid], …]
//
// What the SDK throws is answered as {"error": its class, "message": its text}.
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";

const { Client, validateSignature, validateV3Signature } = createRequire(import.meta.url)("plivo");

function client({ url, auth_id, token }) {
  return new Client(auth_id, token, { url, timeout: 10000 });
}

const commands = {
  send: async (ask) => client(ask.client).messages.create({ src: ask.src, dst: ask.dst, text: ask.text, ...ask.options }),
  get: async (ask) => client(ask.client).messages.get(ask.uuid),
  list: async (ask) => client(ask.client).messages.list(ask.filters),
  validate: async (ask) =>
    ask.cases.map((c) => [
      validateV3Signature(c.method, c.url, c.nonce, c.token, c.v3, c.params),
      validateSignature(c.url, c.nonce, c.v2, c.token),
    ]),
};

const ask = JSON.parse(await text(process.stdin));
try {
  const answer = await commands[ask.do](ask);
  console.log(JSON.stringify(answer));
} catch (error) {
  console.log(JSON.stringify({ error: error.name === "Error" ? error.constructor.name : error.name, message: error.message }));
}
process.exit(0); // the SDK keeps its connections open
