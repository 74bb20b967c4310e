import { defineConfig, devices } from '@playwright/test';

const SESSION = 'test-results/session.json';

export default defineConfig({
  testDir: '.',
  outputDir: 'test-results/output',
  timeout: 120_000,
  expect: { timeout: 20_000 },
  workers: 1, // one Parley, one store, one order
  reporter: 'list',
  use: {
    ...devices['Desktop Chrome'],
    baseURL: process.env.BASE ?? 'http://127.0.0.1:8080',
    viewport: { width: 1440, height: 900 },
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu'],
    },
  },
  projects: [
    { name: 'sign-in', testMatch: 'sign_in.setup.ts' },
    { name: 'signed in', testMatch: '*.spec.ts', dependencies: ['sign-in'], use: { storageState: SESSION } },
  ],
});
