// The official SDK's client, sending: SENDS messages, PARALLEL at a time, to the API at URL. Prints {"sends","seconds"}.
import plivo from "plivo";

const { URL, SENDS, PARALLEL } = process.env;
const client = new plivo.Client("MABENCHBENCHBENCHBEN", "token", { url: URL, timeout: 10000 });
let left = Number(SENDS);

async function hand() {
    while (left-- > 0) {
        await client.messages.create({
            src: "+15550100000",
            dst: "+15552000001",
            text: "Your parcel has arrived; reply STOP to hear no more.",
            url: "http://127.0.0.1:3001/plivo/status",
        });
    }
}

const began = performance.now();
await Promise.all(Array.from({ length: Number(PARALLEL) }, hand));
console.log(JSON.stringify({ sends: Number(SENDS), seconds: (performance.now() - began) / 1000 }));
process.exit(0); // the SDK keeps its connections open
