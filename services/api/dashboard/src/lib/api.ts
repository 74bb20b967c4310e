/*
 * api.ts - the one way to the server: typed by openapi.yaml, refusals as ApiError.
 */
import createClient from 'openapi-fetch';
import type { components, paths } from './api-types';

type Schemas = components['schemas'];
export type Conversation = Schemas['Conversation'];
export type ConversationStatus = Schemas['ConversationStatus'];
export type Message = Schemas['Message'];
export type MessageCreate = Schemas['MessageCreate'];
export type MessageStatus = Schemas['MessageStatus'];
export type Contact = Schemas['Contact'];
export type ConsentEntry = Schemas['ConsentEntry'];
export type ConsentState = Schemas['ConsentState'];
export type OurNumber = Schemas['Number'];
export type NumberPatch = Schemas['NumberPatch'];
export type Rule = Schemas['Rule'];
export type RuleAction = Schemas['RuleAction'];
export type RuleCreate = Schemas['RuleCreate'];
export type RulePatch = Schemas['RulePatch'];
export type RuleMatch = Schemas['RuleMatch'];
export type RuleVerdict = Schemas['RuleVerdict'];
export type TimelineEntry = Schemas['TimelineEntry'];
export type LedgerCheck = Schemas['LedgerCheck'];
export type Notice = Schemas['Notice'];
export type Settings = Schemas['Settings'];
export type SettingsPatch = Schemas['SettingsPatch'];
export type Me = Schemas['Me'];
export type SimPhoneMessage = Schemas['SimPhoneMessage'];
type Problem = Schemas['Problem'];

export interface Page<T> {
  readonly data: readonly T[];
  readonly next_cursor: string | null;
  /** The last event this page reflects. */
  readonly eventId: number;
}

export interface Single<T> {
  readonly value: T;
  readonly eventId: number;
}

/** A refusal of the server, or (status 0) no answer at all. The message is for a person. */
export class ApiError extends Error {
  readonly status: number;
  readonly fields: ReadonlyMap<string, string>;

  constructor(status: number, message: string, fields: ReadonlyMap<string, string> = new Map()) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.fields = fields;
  }
}

const NO_ANSWER = 'Parley does not answer. Check the connection; nothing was lost.';

async function reach(request: Request): Promise<Response> {
  try {
    return await globalThis.fetch(request);
  } catch (cause) {
    if (request.signal.aborted) throw cause;
    throw new ApiError(0, NO_ANSWER);
  }
}

export const api = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? '',
  fetch: reach,
});

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'title' in body && 'status' in body;
}

export function problemToError(status: number, body: unknown): ApiError {
  if (!isProblem(body)) return new ApiError(status, `The server answered ${status}.`);
  const fields = new Map((body.errors ?? []).map((e) => [e.field, e.message]));
  return new ApiError(status, body.detail ?? body.title, fields);
}

interface Answer<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** The body of a 2xx, or an ApiError thrown. */
export async function take<T>(asked: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await asked;
  if (!response.ok) throw problemToError(response.status, error);
  return data as T; // 204 has none, and its type says so
}

/** NaN when the answer does not say: such data is never older or newer than an event. */
function eventIdOf(response: Response): number {
  return Number(response.headers.get('Event-Id') ?? Number.NaN);
}

export async function takePage<T>(
  asked: Promise<Answer<{ readonly data: readonly T[]; readonly next_cursor: string | null }>>,
): Promise<Page<T>> {
  const answer = await asked;
  const page = await take(Promise.resolve(answer));
  return { data: page.data, next_cursor: page.next_cursor, eventId: eventIdOf(answer.response) };
}

export async function takeSingle<T>(asked: Promise<Answer<T>>): Promise<Single<T>> {
  const answer = await asked;
  return { value: await take(Promise.resolve(answer)), eventId: eventIdOf(answer.response) };
}
