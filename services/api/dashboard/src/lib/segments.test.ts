import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countSegments, replaceForced } from './segments';

interface Vector {
  name: string;
  text: string;
  encoding: string;
  segments: number;
  units: number;
  segments_by_code_point?: number;
}

const vectors: Vector[] = JSON.parse(readFileSync('../../../tests/vectors/segments.json', 'utf8'));

describe('the vectors that bind the C code, too', () => {
  it.each(vectors)('$name', (vector) => {
    const { encoding, segments, units } = countSegments(vector.text);
    expect({ encoding, segments, units }).toEqual({
      encoding: vector.encoding,
      segments: vector.segments_by_code_point ?? vector.segments,
      units: vector.units,
    });
  });
});

describe('what forces UCS-2', () => {
  it('is named once, where it first stands', () => {
    expect(countSegments('It\u2019s \u2019here\u2019 \u{1f44d}').forcedBy).toEqual([
      { character: '\u2019', offset: 2, replacement: "'" },
      { character: '\u{1f44d}', offset: 12, replacement: null },
    ]);
  });

  it('goes away when everything has a replacement', () => {
    const text = replaceForced('\u201cSee you \u2014 soon\u2026\u201d');
    expect(text).toBe('"See you - soon..."');
    expect(countSegments(text).encoding).toBe('gsm7');
  });
});

describe('any text', () => {
  it('has segments that hold its units and room that is not negative', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 800 }), (text) => {
        const { encoding, segments, units, left } = countSegments(text);
        const [single, part] = encoding === 'gsm7' ? [160, 153] : [70, 67];
        expect(left).toBeGreaterThanOrEqual(0);
        expect(units).toBeLessThanOrEqual(segments === 1 ? single : segments * part);
      }),
    );
  });

  it('never takes more segments after replacing', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '\u2019', '\u201c', '\u2014', '\u20ac', 'é', '\u00e2') }),
        (text) => {
          expect(countSegments(replaceForced(text)).segments).toBeLessThanOrEqual(countSegments(text).segments);
        },
      ),
    );
  });
});
