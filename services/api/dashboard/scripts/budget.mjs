// Fails when what the browser must load before the first screen is over the budget, counted as gzip.
import { readFileSync, statSync } from 'node:fs';

const BUDGET_BYTES = 200_000;

const html = readFileSync('dist/index.html', 'utf8');
const first = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+\.(?:js|css))"/g)].map((match) => match[1]);
const sizes = first.map((file) => [file, statSync(`dist${file}.gz`).size]);
const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);

for (const [file, bytes] of sizes) console.log(`${String(bytes).padStart(8)}  ${file}`);
console.log(`${String(total).padStart(8)}  first load, gzip (budget ${BUDGET_BYTES})`);
if (first.length === 0 || total > BUDGET_BYTES) {
  console.error(first.length === 0 ? 'index.html loads nothing' : 'over the budget');
  process.exit(1);
}
