// Writes the golden examples of docs/vectors.json and the palettes of assets/
// into the corpus, each as an input of the targets that read its kind:
//   node fuzz/seeds.mjs
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

const here = new URL(".", import.meta.url);
const vectors = JSON.parse(readFileSync(new URL("../docs/vectors.json", here)));

/** The sizes that `canvas` in src/input.rs knows, in its order. */
const SIZES = ["16x16", "20x16", "256x192", "2000x2000", "4096x4096", "16x4096"];

function seed(target, bytes) {
    const folder = new URL(`corpus/${target}/`, here);
    mkdirSync(folder, { recursive: true });
    const name = createHash("sha1").update(bytes).digest("hex");
    writeFileSync(new URL(name, folder), bytes);
}

const hex = (digits) => Buffer.from(digits.replaceAll(" ", ""), "hex");

/** A masked frame with a short payload, as a client sends it. */
function masked(first, payload) {
    const mask = [0x11, 0x22, 0x44, 0x88];
    return Buffer.from([
        first,
        0x80 | payload.length,
        ...mask,
        ...payload.map((byte, at) => byte ^ mask[at % 4]),
    ]);
}

for (const { hex: digits, direction, width, height, colors, at = 0 } of [
    ...vectors.frames,
    ...vectors.rejected,
]) {
    const bytes = hex(digits);
    const which = SIZES.indexOf(`${width}x${height}`);
    if (direction !== "server") {
        seed("client_frame", bytes);
        seed("session", Buffer.concat([Buffer.from([1, 2, bytes.length]), bytes]));
        if (bytes.length < 126) seed("scan", masked(0x82, bytes));
    }
    if (direction !== "client" && which >= 0) {
        const known = Buffer.from([which, colors, at & 255, (at >> 8) & 255]);
        seed("server_frame", Buffer.concat([known, bytes]));
    }
}
// A canvas, a seq, a span, and changes near and far.
seed("delta", Buffer.from([1, 3, 9, 0, 7, 1, 0, 0, 1, 0, 1, 9, 1, 2, 200, 3, 1]));
seed("delta", Buffer.from([3, 32, 255, 255, 164, ...Array.from({ length: 60 }, (_, at) => (at * 37) % 251)]));
for (const { json } of vectors.texts) {
    seed("text", json);
    if (json.length < 126) {
        seed("session", Buffer.concat([Buffer.from([1, 0, json.length]), Buffer.from(json)]));
        seed("scan", masked(0x81, Buffer.from(json)));
    }
    seed("utf8", Buffer.concat([Buffer.from([3, 5]), Buffer.from(json.slice(0, 60))]));
}
for (const { hex: digits } of vectors.boards) seed("board", hex(digits));

const rows = [];
for (const { name, hex: digits } of vectors.journal) {
    const bytes = hex(digits);
    const target = name.startsWith("checkpoint") ? "checkpoint" : "batch";
    seed(target, bytes);
    if (target === "batch") {
        const length = Buffer.alloc(2);
        length.writeUInt16LE(bytes.length);
        rows.push(length, bytes);
        seed("journal", Buffer.concat(rows));
    }
}
const palettes = new URL("../assets/palettes/", here);
for (const name of readdirSync(palettes)) seed("palette", readFileSync(new URL(name, palettes)));
seed("palette", "#ff0000 Red\n; a comment\n00ff00\n");

for (const frames of [
    [masked(0x01, Buffer.from("κό")), masked(0x89, Buffer.from("ping")), masked(0x80, Buffer.from("σμε"))],
    [masked(0x88, Buffer.from([0x03, 0xe8, 0x62, 0x79, 0x65]))],
    [masked(0x02, Buffer.from([1])), masked(0x00, Buffer.from([])), masked(0x80, Buffer.from([2]))],
    [Buffer.from([0x82, 0xfe, 0x01, 0x00, 0, 0, 0, 0])],
    [Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0])],
]) {
    seed("scan", Buffer.concat(frames));
}

// Header lines behind a byte of choices and the peer's address.
for (const [choice, ...lines] of [
    [1, "127.0.0.1", "x-forwarded-for: 203.0.113.7, 10.0.0.1", "x-forwarded-proto: https", "x-forwarded-host: place.school", "host: a", "origin: https://place.school"],
    [2, "10.0.0.1", 'forwarded: for="[2001:db8::1]:4711";proto=https;host="place.school:443", for=10.1.2.3', "host: b"],
    [0, "198.51.100.1", "x-forwarded-for: 127.0.0.1", "host: [fd00::1]:8080", "origin: http://[fd00::1]:8080"],
]) {
    seed("caller", Buffer.concat([Buffer.from([choice]), Buffer.from(lines.join("\n"))]));
}

const settings = readFileSync(new URL("../docs/place.toml", here), "utf8");
for (const line of settings.split("\n").filter((line) => /^#\w+ = /.test(line))) {
    seed("settings", line.slice(1));
}
seed("settings", "listen = \"[::]:80\"\nlog = \"info,place::ws=debug\"\0base-path=/a/b\0tls-self-signed");

/** Choices of src/http.rs: the method's number, and who asks. */
const [GET, POST, PATCH, ADMIN, SEAT, JSON_BODY, TEACHER] = [0, 1, 2, 8, 16, 32, 64];
const METHODS = { get: 0, post: 1, patch: 2, put: 4, delete: 5 };

// Every endpoint once, with the body that its document has as an example, by whom it is for.
const api = JSON.parse(readFileSync(new URL("../docs/openapi.json", here)));
for (const [path, methods] of Object.entries(api.paths)) {
    const target = path
        .slice(1)
        .replace("canvases/{id}", "canvases/playground")
        .replace(/\{\w+\}/g, "1");
    for (const [method, { requestBody }] of Object.entries(methods)) {
        const example = requestBody?.content?.["application/json"]?.example;
        const choice = METHODS[method] | (example === undefined ? 0 : JSON_BODY);
        const body = example === undefined ? "" : `\n\n${JSON.stringify(example)}`;
        for (const who of /\/(team|bots|me|report)$/.test(target) ? [SEAT, TEACHER] : [TEACHER]) {
            seed("http", Buffer.concat([Buffer.from([choice | who]), Buffer.from(target + body)]));
        }
    }
}
for (const [choice, text] of [
    [GET, ""],
    [GET, "api/canvases"],
    [GET, "api/palettes"],
    [GET | SEAT, "api/canvases/playground/me"],
    [GET, "api/canvases/playground/board\naccept-encoding: gzip"],
    [GET, "api/canvases/playground/board\nif-none-match: \"1\""],
    [GET, "api/canvases/playground/image.png?scale=2&x=1&y=2&w=30&h=40&thumb=16"],
    [GET, "api/canvases/playground/snapshots"],
    [GET, "api/canvases/playground/snapshots/20260101T000000Z-1.png"],
    [GET, "healthz"],
    [GET, "metrics"],
    [POST | JSON_BODY, 'api/canvases/playground/join\n\n{"nickname":"Ada"}'],
    [POST | JSON_BODY | SEAT, 'api/canvases/playground/join\n\n{"nickname":"Bo"}'],
    [POST | JSON_BODY | ADMIN, 'api/canvases\n\n{"name":"A","id":"a","width":16,"height":16,"palette":"gray-8","mode":"open","cooldown_ms":0,"saved_max":1,"undo_ms":5000}'],
    [POST | JSON_BODY | ADMIN, 'api/canvases\n\n{"name":"B","palette":[{"name":"R","hex":"#ff0000"},{"name":"G","hex":"#00ff00"}]}'],
    [POST | JSON_BODY | ADMIN, 'api/canvases/playground/areas/fill\n\n{"area":{"x":1,"y":2,"width":3,"height":4},"color":5}'],
    [POST | JSON_BODY | ADMIN, 'api/canvases/playground/areas/protect\n\n{"area":{"x":1,"y":2,"width":3,"height":4},"on":false}'],
    [POST | JSON_BODY | ADMIN, 'api/canvases/playground/areas/restore\n\n{"area":{"x":0,"y":0,"width":9,"height":9},"at_ms":1,"preview":true}'],
    [POST | JSON_BODY | ADMIN, 'api/canvases/playground/areas/owners\n\n{"area":{"x":0,"y":0,"width":999,"height":999}}'],
    [POST | JSON_BODY | ADMIN, 'api/canvases/playground/seats/1/remove-pixels\n\n{"from_ms":7,"preview":false}'],
    [POST | JSON_BODY | ADMIN, 'api/canvases/playground/seats/1/standing\n\n{"status":"frozen","team":3}'],
    [POST | JSON_BODY | ADMIN, 'api/canvases/playground/award\n\n{"to":{"team":3},"pixels":9}'],
    [POST | JSON_BODY | ADMIN, 'api/canvases/playground/award\n\n{"to":{"seats":[1]},"pixels":9}'],
    [POST | JSON_BODY | ADMIN, 'api/canvases/playground/revert\n\n{"seqs":[2,3]}'],
    [POST | JSON_BODY | TEACHER, 'api/canvases/playground/seats\n\n{"csv":"name,team\\n\\"Di, E.\\",Owls\\r\\nFay;Foxes"}'],
    [POST | JSON_BODY, 'api/enter\n\n{"code":"abc def"}'],
    [POST | JSON_BODY, 'api/canvases/playground/card\n\n{"card":"ABC DEF GHJ"}'],
    [GET | TEACHER, "api/canvases/playground/record?x=1&y=2&width=3&height=4&before=9-1-2"],
    [GET | TEACHER, "api/canvases/playground/record?format=csv&placements=true"],
    [GET | SEAT, "api/canvases/playground/chat?channel=0&before=9"],
    [GET | ADMIN, "api/canvases/playground/cells/1/2"],
    [GET | ADMIN, "api/canvases/playground/record?format=csv&seat=1&from_ms=0&until_ms=9"],
    [PATCH | JSON_BODY | ADMIN, 'api/canvases/playground\n\n{"mode":"frozen","cooldown_ms":5,"undo_ms":0}'],
]) {
    seed("http", Buffer.concat([Buffer.from([choice]), Buffer.from(text)]));
}
for (const said of [
    { type: "chat", token: 1, channel: 0, text: "Hi @Ada", reply_to: null },
    { type: "chat", token: 2, channel: 1, text: "Foxes", reply_to: 1 },
    { type: "undo", token: 3 },
    { type: "watch", since: 1 },
]) {
    const frame = masked(0x81, Buffer.from(JSON.stringify(said)));
    for (const who of [1, 2]) seed("canvas", Buffer.concat([Buffer.from([who]), frame]));
}
for (const name of readdirSync(new URL("corpus/scan/", here))) {
    const bytes = readFileSync(new URL(`corpus/scan/${name}`, here));
    seed("echo", bytes);
    seed("canvas", Buffer.concat([Buffer.from([1]), bytes]));
}
