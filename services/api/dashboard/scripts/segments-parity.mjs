/*
 * segments-parity.mjs - counts what `segments-oracle strings` sends on stdin, as the page does, and compares.
 *
 * The first text that counts differently is printed, with both counts; exit 1 then. Otherwise one line with how many were compared.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';

const LIB = new URL('../src/lib/', import.meta.url);
const ENCODINGS = ['gsm7', 'ucs2'];
const HEAD = 28;

/** The page's own modules, with their types taken off. */
async function page() {
  const folder = mkdtempSync(join(tmpdir(), 'segments-'));
  try {
    for (const name of ['gsm7', 'segments']) {
      const { outputText } = ts.transpileModule(readFileSync(new URL(`${name}.ts`, LIB), 'utf8'), {
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
      });
      writeFileSync(join(folder, `${name}.mjs`), outputText.replace("'./gsm7'", "'./gsm7.mjs'"));
    }
    return await import(pathToFileURL(join(folder, 'segments.mjs')).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const { countSegments, replaceForced } = await page();

function compare(head, text, replaced) {
  const [encoding, segments, units, left, forced] = head;
  const wanted = { encoding: ENCODINGS[encoding], segments, units, left, forced, replaced };
  const count = countSegments(text);
  const got = {
    encoding: count.encoding,
    segments: count.segments,
    units: count.units,
    left: count.left,
    forced: count.forcedBy.length,
    replaced: replaceForced(text),
  };
  if (JSON.stringify(got) === JSON.stringify(wanted)) return;
  console.log(JSON.stringify({ text, wanted, got }));
  process.exit(1);
}

let rest = Buffer.alloc(0);
let compared = 0;
for await (const chunk of process.stdin) {
  rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
  let at = 0;
  while (rest.length - at >= HEAD) {
    const [textBytes, replacedBytes, ...head] = Array.from({ length: 7 }, (_, i) => rest.readUInt32LE(at + 4 * i));
    const end = at + HEAD + textBytes + replacedBytes;
    if (rest.length < end) break;
    const text = rest.toString('utf8', at + HEAD, at + HEAD + textBytes);
    compare(head, text, rest.toString('utf8', at + HEAD + textBytes, end));
    compared += 1;
    at = end;
  }
  rest = rest.subarray(at);
}
console.log(`${compared} texts`);
