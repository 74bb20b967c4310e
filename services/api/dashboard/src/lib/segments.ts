/*
 * segments.ts - how many segments a text takes, counted as the C code counts them.
 *
 * Source: GSM 03.38 (3GPP TS 23.038), basic table and extension; a header of 6 bytes in each part of a longer text.
 * The vectors in tests/vectors/segments.json bind this file and common/domain/segments.c alike; the alphabet and the replacements are made
 * from the C code's (gsm7.ts).
 */

import { GSM_BASIC, GSM_EXTENDED, REPLACEMENTS } from './gsm7';

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

const BASIC = new Set(GSM_BASIC);
const EXTENDED = new Set(GSM_EXTENDED);

/** One segment, and each of several. */
const ROOM: Readonly<Record<Encoding, readonly [number, number]>> = { gsm7: [160, 153], ucs2: [70, 67] };

/** Plivo refuses longer texts. */
export const UNITS_MAX: Readonly<Record<Encoding, number>> = { gsm7: 1600, ucs2: 737 };

function septets(character: string): number {
  if (BASIC.has(character)) return 1;
  return EXTENDED.has(character) ? 2 : 0;
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
