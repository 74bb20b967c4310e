/* vite-plugin.ts - answers the API's routes from a mock world, for looking at the page without a Parley. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Connect, Plugin } from 'vite';
import { answer } from './routes.ts';
import { seededWorld } from './seed.ts';

/** As the real server sends it: the page must work under it. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const COOKIE = 'parley_session=mock';

function toRequest(req: IncomingMessage): Request {
  const hasBody = req.method !== 'GET' && req.method !== 'HEAD' && req.method !== 'DELETE';
  const headers = Object.entries(req.headers).map(([name, value]): [string, string] => [name, String(value)]);
  return new Request(`http://${req.headers.host}${req.url}`, {
    method: req.method ?? 'GET',
    headers,
    ...(hasBody && { body: Readable.toWeb(req) as ReadableStream, duplex: 'half' }),
  });
}

async function reply(response: Response, res: ServerResponse): Promise<void> {
  res.writeHead(response.status, Object.fromEntries(response.headers));
  res.flushHeaders();
  if (response.body === null) {
    res.end();
    return;
  }
  const reader = response.body.getReader();
  res.on('close', () => void reader.cancel());
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    res.write(value);
  }
  res.end();
}

function handler(withPolicy: boolean): Connect.NextHandleFunction {
  const world = seededWorld();
  const used = new Set<string>();
  return (req, res, next) => {
    const path = req.url ?? '/';
    if (path.startsWith('/login')) {
      const token = new URL(path, 'http://mock').searchParams.get('token') ?? '';
      const good = /^mock/.test(token) && !used.has(token);
      if (token !== 'mock') used.add(token); // that one is for looking around
      res.writeHead(303, {
        Location: good ? '/' : '/sign-in?reason=link',
        ...(good && { 'Set-Cookie': `${COOKIE}; Path=/; HttpOnly` }),
      });
      res.end();
    } else if (path.startsWith('/api/') || path.startsWith('/sim/')) {
      if (!req.headers.cookie?.includes(COOKIE)) {
        res.writeHead(401, { 'Content-Type': 'application/problem+json' });
        res.end(
          JSON.stringify({ type: 'about:blank', title: 'Sign in first.', status: 401, detail: 'Sign in first.' }),
        );
        return;
      }
      answer(world, toRequest(req))
        .then((response) => reply(response, res))
        .catch(next);
    } else {
      if (withPolicy) res.setHeader('Content-Security-Policy', POLICY);
      next();
    }
  };
}

export function mockApi(): Plugin {
  return {
    name: 'mock-api',
    configureServer: (server) => {
      server.middlewares.use(handler(false));
    },
    configurePreviewServer: (server) => {
      server.middlewares.use(handler(true));
    },
  };
}
