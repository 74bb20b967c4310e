/* random-key.ts - an identity for a write, made where it is asked for. */

/** 128 random bits in hex. Not randomUUID(): that is missing on plain http away from localhost. */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
