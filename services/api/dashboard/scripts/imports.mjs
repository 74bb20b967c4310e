// Fails when an import breaks the one-way rule: lib, ui <- features <- app; no feature reaches into another.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const MAY_IMPORT = {
  lib: ['lib'],
  ui: ['ui'],
  features: ['lib', 'ui', 'features'],
  app: ['lib', 'ui', 'features', 'app'],
};

const layer = (path) => path.split('/')[1];
const feature = (path) => path.split('/')[2];
const wrong = [];
for (const name of readdirSync('src', { recursive: true, encoding: 'utf8' })) {
  const file = join('src', name);
  if (!/\.tsx?$/.test(file) || !(layer(file) in MAY_IMPORT)) continue;
  for (const [, target] of readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)) {
    if (!target.startsWith('@/') && !target.startsWith('.')) continue;
    const path = target.startsWith('@/') ? join('src', target.slice(2)) : normalize(join(dirname(file), target));
    if (!path.startsWith('src/')) continue;
    const allowed = MAY_IMPORT[layer(file)].includes(layer(path));
    const foreign = layer(file) === 'features' && layer(path) === 'features' && feature(file) !== feature(path);
    if (!allowed || foreign) wrong.push(`${file} imports ${target}`);
  }
}
if (wrong.length > 0) {
  console.error(wrong.join('\n'));
  process.exit(1);
}
