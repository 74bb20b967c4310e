/* phone.ts - numbers as people type and read them. The server decides what it accepts; this only helps. */

/** What a person typed, without the blanks, dashes, dots and brackets between the digits. */
export function tidyAddress(typed: string): string {
  return typed.replace(/[\s().-]/g, '').replace(/^00/, '+');
}

export const isE164 = (address: string): boolean => /^\+[1-9]\d{1,14}$/.test(address);

/** +1 (555) 010-0123 for the North American plan; others as they are. */
export function readableAddress(address: string): string {
  const us = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(address);
  return us === null ? address : `+1 (${us[1]}) ${us[2]}-${us[3]}`;
}

/** One or two letters for a face without a picture. */
export function initials(name: string | null): string {
  if (name === null) return '#';
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : undefined].map((w) => w?.[0]?.toUpperCase() ?? '').join('');
}
