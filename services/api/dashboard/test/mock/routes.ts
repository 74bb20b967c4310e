/* routes.ts - the API's routes over a World: a Request in, a Response out. */
import type { MessageCreate, NumberPatch, RuleCreate, RulePatch, Settings, SettingsPatch } from '../../src/lib/api';
import { aRule } from '../make.ts';
import type { World } from './world.ts';

interface Call {
  readonly world: World;
  readonly request: Request;
  readonly url: URL;
  readonly args: readonly string[];
}

type Handler = (call: Call) => Response | Promise<Response>;

const json = (world: World, body: unknown, status = 200): Response =>
  Response.json(body, { status, headers: { 'Event-Id': String(world.lastEvent) } });

export function problem(status: number, detail: string, field?: string): Response {
  const errors = field === undefined ? [] : [{ field, message: detail }];
  return Response.json(
    { type: 'about:blank', title: detail, status, detail, errors },
    { status, headers: { 'Content-Type': 'application/problem+json' } },
  );
}

function page<T>({ world, url }: Call, items: readonly T[]): Response {
  const limit = Number(url.searchParams.get('limit') ?? 50);
  const start = Number(url.searchParams.get('cursor') ?? 0);
  const next = start + limit < items.length ? String(start + limit) : null;
  return json(world, { data: items.slice(start, start + limit), next_cursor: next });
}

const newest = (a: { created_at: string }, b: { created_at: string }): number => (a.created_at < b.created_at ? 1 : -1);

const one = <T>(call: Call, item: T | undefined): Response =>
  item === undefined ? problem(404, 'There is no such thing.') : json(call.world, item);

const listConversations: Handler = (call) => {
  const status = call.url.searchParams.get('status');
  const q = call.url.searchParams.get('q')?.toLowerCase();
  const found = [...call.world.conversations.values()]
    .filter((c) => status === null || c.status === status)
    .filter((c) => q === undefined || c.contact.address.includes(q) || c.contact.name?.toLowerCase().includes(q))
    .sort((a, b) => newest(a.last_message ?? a, b.last_message ?? b));
  return page(call, found);
};

const sendMessage: Handler = async ({ world, request }) => {
  const text = await request.text();
  const key = request.headers.get('Idempotency-Key');
  const before = key === null ? undefined : world.sent.get(key);
  if (before !== undefined && before.body !== text) return problem(422, 'This key was used with another body.');
  if (before !== undefined) return json(world, world.messages.get(before.message.id), 202);
  const body = JSON.parse(text) as MessageCreate;
  if (!/^\+[1-9]\d{1,14}$/.test(body.to)) return problem(400, 'This is not a phone number.', 'to');
  const number = body.from ?? world.numbers[0]?.address ?? '';
  const conversation = world.conversationFor(number, body.to);
  const message = world.send(conversation, body.text ?? '', body.class ?? 'transactional', body.send_at ?? null);
  if (key !== null) world.sent.set(key, { body: text, message });
  return json(world, message, 202);
};

const settle =
  (status: 'sent' | 'failed' | 'delivered'): Handler =>
  ({ world, args: [id = ''] }) => {
    if (world.messages.get(id)?.status !== 'unconfirmed') return problem(409, 'It is not unconfirmed.');
    return json(world, world.setStatus(id, { status }));
  };

const events: Handler = ({ world, url }) => {
  const since = Number(url.searchParams.get('last_event_id') ?? world.lastEvent);
  const encoder = new TextEncoder();
  let stop = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const write = (text: string) => controller.enqueue(encoder.encode(text));
      const tell = (e: { number: number; type: string; data: unknown }) =>
        write(`id: ${e.number}\nevent: ${e.type}\ndata: ${JSON.stringify(e.data)}\n\n`);
      write(`retry: 2000\nid: ${world.lastEvent}\n\n`);
      for (const event of world.events) if (event.number > since) tell(event);
      const beat = setInterval(() => write(': still here\n\n'), 15_000);
      world.listeners.add(tell);
      stop = () => {
        clearInterval(beat);
        world.listeners.delete(tell);
      };
    },
    cancel: () => stop(),
  });
  return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
};

const createRule: Handler = async ({ world, request }) => {
  const body = (await request.json()) as RuleCreate;
  const rule = aRule({ ...body, id: world.newId(), position: world.rules.length, enabled: body.enabled ?? true });
  world.rules = [...world.rules, rule];
  return json(world, rule, 201);
};

const updateRule: Handler = async ({ world, request, args: [id] }) => {
  const old = world.rules.find((rule) => rule.id === id);
  if (old === undefined) return problem(404, 'There is no such rule.');
  const rule = { ...old, ...((await request.json()) as RulePatch) };
  world.rules = world.rules.map((r) => (r.id === id ? rule : r));
  return json(world, rule);
};

const testRule: Handler = async ({ world, request }) => {
  const { text } = (await request.json()) as { text: string };
  const rule = world.matching(text) ?? null;
  return json(world, {
    rule,
    why: rule === null ? 'No rule matches this text.' : `“${text}” is one of its words.`,
    reply: rule?.actions.find((action) => action.kind === 'reply')?.text ?? null,
    consent: 'none',
  });
};

const updateNumber: Handler = async ({ world, request, args: [id] }) => {
  const old = world.numbers.find((number) => number.id === id);
  if (old === undefined) return problem(404, 'There is no such number.');
  const patch = (await request.json()) as NumberPatch;
  const number = { ...old, ...patch, rate: patch.rate === undefined ? old.rate : (patch.rate ?? 0) };
  world.numbers = world.numbers.map((n) => (n.id === id ? number : n));
  return json(world, number);
};

const simInbound: Handler = async ({ world, request }) => {
  const body = (await request.json()) as { from: string; to?: string; text: string };
  const message = world.receive(body.from, body.to ?? world.numbers[0]?.address ?? '', body.text);
  return Response.json({ message_uuid: message.id, webhook_status: 200, webhook_body: '<Response/>', elapsed_ms: 4.2 });
};

const ME = {
  user: { id: 'user-1', name: 'Owner', role: 'owner' },
  tenant: { id: 'tenant-1', name: 'First tenant' },
  demo: true,
  environment: 'demo',
} as const;

const updateSettings: Handler = async ({ world, request }) => {
  const change = (await request.json()) as SettingsPatch;
  if (change.home_zone === 'Moon/Base') return problem(400, 'is no time zone of the tz database', 'home_zone');
  world.settings = { ...world.settings, ...change } as Settings;
  return json(world, world.settings);
};

const ROUTES: readonly (readonly [string, RegExp, Handler])[] = [
  ['GET', /^\/api\/v1\/me$/, ({ world }) => json(world, ME)],
  ['GET', /^\/api\/v1\/conversations$/, listConversations],
  ['GET', /^\/api\/v1\/conversations\/([^/]+)$/, (c) => one(c, c.world.conversations.get(c.args[0] ?? ''))],
  [
    'PATCH',
    /^\/api\/v1\/conversations\/([^/]+)$/,
    async (c) => json(c.world, c.world.putConversation(c.args[0] ?? '', await c.request.json())),
  ],
  [
    'GET',
    /^\/api\/v1\/conversations\/([^/]+)\/messages$/,
    (c) => page(c, [...c.world.messages.values()].filter((m) => m.conversation_id === c.args[0]).reverse()),
  ],
  [
    'POST',
    /^\/api\/v1\/conversations\/([^/]+)\/read$/,
    (c) => json(c.world, c.world.putConversation(c.args[0] ?? '', { unread: 0 })),
  ],
  ['POST', /^\/api\/v1\/messages$/, sendMessage],
  [
    'DELETE',
    /^\/api\/v1\/messages\/([^/]+)$/,
    (c) => json(c.world, c.world.setStatus(c.args[0] ?? '', { status: 'cancelled' })),
  ],
  [
    'GET',
    /^\/api\/v1\/messages\/([^/]+)\/timeline$/,
    (c) => json(c.world, { data: c.world.timelines.get(c.args[0] ?? '') ?? [], next_cursor: null }),
  ],
  ['POST', /^\/api\/v1\/messages\/([^/]+)\/check$/, settle('delivered')],
  ['POST', /^\/api\/v1\/messages\/([^/]+)\/resend$/, settle('sent')],
  ['POST', /^\/api\/v1\/messages\/([^/]+)\/mark$/, settle('sent')],
  [
    'GET',
    /^\/api\/v1\/contacts$/,
    (c) => {
      const q = c.url.searchParams.get('q')?.toLowerCase() ?? '';
      const found = [...c.world.contacts.values()].filter((x) => `${x.name} ${x.address}`.toLowerCase().includes(q));
      return page(c, found.reverse());
    },
  ],
  [
    'POST',
    /^\/api\/v1\/contacts\/([^/]+)\/consent$/,
    async (c) => {
      const { state, evidence } = (await c.request.json()) as { state: 'in' | 'out'; evidence?: string };
      const contact = c.world.contacts.get(c.args[0] ?? '');
      if (contact === undefined) return problem(404, 'There is no such contact.');
      return json(c.world, c.world.setConsent(contact.address, state, 'agent', evidence ?? ''), 201);
    },
  ],
  ['POST', /^\/api\/v1\/contacts\/([^/]+)\/erase$/, (c) => one(c, c.world.erase(c.args[0] ?? ''))],
  ['GET', /^\/api\/v1\/contacts\/([^/]+)$/, (c) => one(c, c.world.contacts.get(c.args[0] ?? ''))],
  [
    'GET',
    /^\/api\/v1\/contacts\/([^/]+)\/consent$/,
    (c) => page(c, c.world.ledger.filter((entry) => entry.contact_id === c.args[0]).reverse()),
  ],
  [
    'GET',
    /^\/api\/v1\/consent\/verify$/,
    ({ world }) =>
      json(world, {
        valid: true,
        entries: world.ledger.length,
        head: world.ledger.at(-1)?.hash ?? null,
        first_bad: null,
      }),
  ],
  ['GET', /^\/api\/v1\/rules$/, (c) => page(c, c.world.rules)],
  ['POST', /^\/api\/v1\/rules$/, createRule],
  ['POST', /^\/api\/v1\/rules\/test$/, testRule],
  ['PATCH', /^\/api\/v1\/rules\/([^/]+)$/, updateRule],
  [
    'DELETE',
    /^\/api\/v1\/rules\/([^/]+)$/,
    ({ world, args: [id] }) => {
      world.rules = world.rules.filter((rule) => rule.id !== id);
      return new Response(null, { status: 204 });
    },
  ],
  [
    'GET',
    /^\/api\/v1\/notices$/,
    (c) =>
      page(
        c,
        c.world.notices.filter((n) => n.status === c.url.searchParams.get('status')),
      ),
  ],
  ['POST', /^\/api\/v1\/notices\/([^/]+)\/close$/, (c) => one(c, c.world.closeNotice(c.args[0] ?? ''))],
  ['GET', /^\/api\/v1\/settings$/, ({ world }) => json(world, world.settings)],
  ['PATCH', /^\/api\/v1\/settings$/, updateSettings],
  ['GET', /^\/api\/v1\/numbers$/, (c) => page(c, c.world.numbers)],
  ['PATCH', /^\/api\/v1\/numbers\/([^/]+)$/, updateNumber],
  ['GET', /^\/api\/v1\/events$/, events],
  ['POST', /^\/api\/v1\/logout$/, () => new Response(null, { status: 204 })],
  ['POST', /^\/sim\/inbound$/, simInbound],
  [
    'GET',
    /^\/sim\/phones\/([^/]+)\/messages$/,
    ({ world, args: [phone = ''] }) => Response.json(world.phones.get(decodeURIComponent(phone)) ?? []),
  ],
];

export async function answer(world: World, request: Request): Promise<Response> {
  const url = new URL(request.url);
  for (const [method, pattern, handler] of ROUTES) {
    const match = pattern.exec(url.pathname);
    if (match !== null && method === request.method) return handler({ world, request, url, args: match.slice(1) });
  }
  return problem(404, `${request.method} ${url.pathname} is not in the mock.`);
}
