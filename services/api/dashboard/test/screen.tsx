/* screen.tsx - the whole page over a mock world, as a person sees it. */
import { createMemoryHistory } from '@tanstack/react-router';
import { render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { onTestFinished, vi } from 'vitest';
import { makeApp } from '../src/app/app';
import { answer } from './mock/routes';
import { World } from './mock/world';

/** Deliveries move only by `world.advance(id)`: a test decides when. */
export const aWorld = (): World => new World({ stepMs: null });

type Answering = (request: Request, normal: () => Promise<Response>) => Promise<Response>;

interface ScreenOptions {
  readonly world?: World;
  /** Gets between the page and the world: to refuse, to fail, to wait. */
  readonly answering?: Answering;
}

export function openScreen(path: string, { world = aWorld(), answering }: ScreenOptions = {}) {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input instanceof Request ? input : new URL(String(input), location.origin), init);
    asked.push(`${request.method} ${new URL(request.url).pathname}`);
    const normal = () => answer(world, request);
    return answering === undefined ? normal() : answering(request, normal);
  });
  const app = makeApp({ history: createMemoryHistory({ initialEntries: [path] }), retries: 0 });
  const view = render(app.view);
  onTestFinished(() => {
    app.live.stop();
    view.unmount();
    app.client.clear();
  });
  return { ...app, world, asked, user: userEvent.setup() };
}
