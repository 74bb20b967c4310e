/* setup.ts - what jsdom does not have, in its smallest form. */
import '@testing-library/jest-dom/vitest';
import { cleanup, configure } from '@testing-library/react';
import { afterEach, vi } from 'vitest';

configure({
  asyncUtilTimeout: 8000, // a bound for a machine that does other things, too; nothing waits for it
  getElementError: (message) => new Error(message ?? 'not found'), // without the whole document
});

afterEach(() => {
  cleanup();
  localStorage.clear();
});

class QuietResizeObserver implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

vi.stubGlobal('ResizeObserver', QuietResizeObserver);
vi.stubGlobal('matchMedia', (media: string) => Object.assign(new EventTarget(), { matches: false, media }));

// a window of this height, so that the virtual list has rows to show
Object.defineProperty(HTMLElement.prototype, 'clientHeight', { configurable: true, get: () => 700 });
Object.defineProperty(HTMLElement.prototype, 'clientWidth', { configurable: true, get: () => 340 });
Element.prototype.scrollTo = () => {};
vi.stubGlobal('scrollTo', () => {});

HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
  this.open = true;
};
HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
  this.open = false;
};
