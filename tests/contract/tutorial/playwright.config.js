import { defineConfig } from '@playwright/test';

/* PAGE: where Vite serves the tutorial; SIM: the simulator. The system runs already: test_tutorial_page.py. */
export default defineConfig({
  testDir: '.',
  testMatch: 'tutorial.spec.js',
  outputDir: process.env.OUTPUT_DIR,
  timeout: 45_000,
  expect: { timeout: 15_000 },
  workers: 1,
  reporter: 'list',
  use: {
    baseURL: process.env.PAGE,
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu'],
    },
  },
});
