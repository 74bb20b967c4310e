/*
 * sse.ts - reads server-sent events out of text that arrives in pieces. Pure: state in, state and blocks out.
 *
 * Source: WHATWG HTML, section 9.2.6. Own parser and not EventSource, because EventSource hides comments (the heartbeat)
 * and the status of a refusal (401 must lead to signing in, not to trying for ever).
 */

export interface SseBlock {
  readonly id: string | null;
  readonly event: string;
  readonly data: string | null;
}

export interface SseState {
  /** A line that has not ended yet. */
  readonly rest: string;
  readonly id: string | null;
  readonly event: string;
  readonly data: readonly string[];
}

export const SSE_START: SseState = { rest: '', id: null, event: '', data: [] };

type Fields = Omit<SseState, 'rest'>;

function readLine(fields: Fields, line: string): Fields {
  const colon = line.indexOf(':');
  if (colon === 0) return fields; // a comment
  const name = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
  if (name === 'id' && !value.includes('\0')) return { ...fields, id: value };
  if (name === 'event') return { ...fields, event: value };
  if (name === 'data') return { ...fields, data: [...fields.data, value] };
  return fields;
}

export function readSse(state: SseState, piece: string): { state: SseState; blocks: readonly SseBlock[] } {
  const lines = (state.rest + piece).split(/\r\n|\n|\r(?!$)/);
  const rest = lines.pop() ?? '';
  const blocks: SseBlock[] = [];
  let fields: Fields = state;
  for (const line of lines) {
    if (line !== '') {
      fields = readLine(fields, line);
      continue;
    }
    const { id, event, data } = fields;
    if (id !== null || data.length > 0)
      blocks.push({ id, event: event || 'message', data: data.length > 0 ? data.join('\n') : null });
    fields = { id: null, event: '', data: [] };
  }
  return { state: { id: fields.id, event: fields.event, data: fields.data, rest }, blocks };
}
