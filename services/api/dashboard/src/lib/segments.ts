/*
 * segments.ts - how many segments a text takes, counted as the C code counts them.
 *
 * Source: GSM 03.38 (3GPP TS 23.038), basic table and extension; a header of 6 bytes in each part of a longer text.
 * The vectors in tests/vectors/segments.json bind this file and common/domain/segments.c alike.
 */

export type Encoding = 'gsm7' | 'ucs2';

export interface Forced {
  readonly character: string;
  /** Where it first stands, in characters (code points). */
  readonly offset: number;
  /** What says the same in GSM-7, or null. */
  readonly replacement: string | null;
}

export interface SegmentCount {
  readonly encoding: Encoding;
  readonly segments: number;
  /** Septets (gsm7) or UTF-16 code units (ucs2). */
  readonly units: number;
  /** Units left in the last segment. */
  readonly left: number;
  readonly forcedBy: readonly Forced[];
}

const GSM_BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
    '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const GSM_EXTENDED = new Set('\f^{}\\[~]|€');

/** One segment, and each of several. */
const ROOM: Readonly<Record<Encoding, readonly [number, number]>> = { gsm7: [160, 153], ucs2: [70, 67] };

/** Plivo refuses longer texts. */
export const UNITS_MAX: Readonly<Record<Encoding, number>> = { gsm7: 1600, ucs2: 737 };

const REPLACEMENTS: ReadonlyMap<string, string> = new Map([
  ['\u2018', "'"],
  ['\u2019', "'"],
  ['\u201a', "'"],
  ['\u201b', "'"],
  ['`', "'"],
  ['\u00b4', "'"],
  ['\u201c', '"'],
  ['\u201d', '"'],
  ['\u201e', '"'],
  ['\u201f', '"'],
  ['\u00ab', '"'],
  ['\u00bb', '"'],
  ['\u2010', '-'],
  ['\u2011', '-'],
  ['\u2012', '-'],
  ['\u2013', '-'],
  ['\u2014', '-'],
  ['\u2212', '-'],
  ['\u2026', '...'],
  ['\u2022', '-'],
  ['\t', ' '],
  ['\u00a0', ' '],
  ['\u2009', ' '],
  ['\u202f', ' '],
  ['\u200b', ''],
  ['\ufeff', ''],
  ['\u00e7', '\u00c7'],
  ['\u00c0', 'A'],
  ['\u00c1', 'A'],
  ['\u00e1', 'a'],
  ['\u00c2', 'A'],
  ['\u00e2', 'a'],
  ['\u00c8', 'E'],
  ['\u00ca', 'E'],
  ['\u00ea', 'e'],
  ['\u00cb', 'E'],
  ['\u00eb', 'e'],
  ['\u00cc', 'I'],
  ['\u00cd', 'I'],
  ['\u00ed', 'i'],
  ['\u00ce', 'I'],
  ['\u00ee', 'i'],
  ['\u00cf', 'I'],
  ['\u00ef', 'i'],
  ['\u00d2', 'O'],
  ['\u00d3', 'O'],
  ['\u00f3', 'o'],
  ['\u00d4', 'O'],
  ['\u00f4', 'o'],
  ['\u00d9', 'U'],
  ['\u00da', 'U'],
  ['\u00fa', 'u'],
  ['\u00db', 'U'],
  ['\u00fb', 'u'],
]);

function septets(character: string): number {
  if (GSM_BASIC.has(character)) return 1;
  return GSM_EXTENDED.has(character) ? 2 : 0;
}

/** Each character that is not in GSM-7, once, in the order in which they first stand. */
function forcedCharacters(characters: readonly string[]): Forced[] {
  const found = new Map<string, Forced>();
  characters.forEach((character, offset) => {
    if (septets(character) === 0 && !found.has(character))
      found.set(character, { character, offset, replacement: REPLACEMENTS.get(character) ?? null });
  });
  return [...found.values()];
}

/** A pair (escape or surrogate) never splits: what does not fit whole begins the next segment. */
function fill(sizes: readonly number[], room: number): { segments: number; left: number } {
  let segments = 1;
  let used = 0;
  for (const size of sizes) {
    if (used + size > room) {
      segments += 1;
      used = 0;
    }
    used += size;
  }
  return { segments, left: room - used };
}

export function countSegments(text: string): SegmentCount {
  const characters = [...text];
  const forcedBy = forcedCharacters(characters);
  const encoding: Encoding = forcedBy.length === 0 ? 'gsm7' : 'ucs2';
  const sizes = characters.map((character) => (encoding === 'gsm7' ? septets(character) : character.length));
  const units = sizes.reduce((sum, size) => sum + size, 0);
  const [single, part] = ROOM[encoding];
  if (units <= single) return { encoding, segments: 1, units, left: single - units, forcedBy };
  return { encoding, units, forcedBy, ...fill(sizes, part) };
}

/** The text with every character replaced that has a replacement in GSM-7. */
export function replaceForced(text: string): string {
  return [...text].map((c) => (septets(c) === 0 ? (REPLACEMENTS.get(c) ?? c) : c)).join('');
}
