// The common Plivo tutorial's server: Express, the official SDK's V3 check, messages in an array. With DATABASE set they go to SQLite
// instead, each on disk before its 200 (synchronous=FULL), as a tutorial's reader would write it who wants to keep them.
import Database from "better-sqlite3";
import cors from "cors";
import express from "express";
import plivo from "plivo";

const { PORT, PUBLIC_URL, PLIVO_AUTH_TOKEN, DATABASE } = process.env;
const messages = [];

const store = DATABASE ? open(DATABASE) : (message) => messages.push(message);

function open(path) {
    const database = new Database(path);
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    database.exec(`CREATE TABLE IF NOT EXISTS message
                   (uuid TEXT PRIMARY KEY, sender TEXT, recipient TEXT, text TEXT, received_at TEXT)`);
    const insert = database.prepare("INSERT OR IGNORE INTO message VALUES (@id, @from, @to, @text, @timestamp)");
    return (message) => insert.run(message);
}

function isSigned(request) {
    const signature = request.get("X-Plivo-Signature-V3");
    const nonce = request.get("X-Plivo-Signature-V3-Nonce");
    if (!signature || !nonce) return false;
    const url = PUBLIC_URL + request.originalUrl;
    return plivo.validateV3Signature(request.method, url, nonce, PLIVO_AUTH_TOKEN, signature, request.body);
}

const app = express();
app.use(cors());
app.use(express.json());
app.use(express.urlencoded({ extended: true }));

app.post("/plivo/inbound", (request, response) => {
    if (!isSigned(request)) {
        response.status(403).send("Invalid signature");
        return;
    }
    const { From, To, Text, MessageUUID } = request.body;
    console.log(`Message received - From: ${From}, To: ${To}, Text: ${Text}`);
    store({ id: MessageUUID, from: From, to: To, text: Text, type: "inbound", timestamp: new Date().toISOString() });
    response.type("application/xml").send("<Response></Response>");
});

app.listen(Number(PORT), "127.0.0.1");
