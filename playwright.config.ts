// Browser journeys against the built site. Build first (`npm run build`); the server is started here.
import { defineConfig } from '@playwright/test';
import { ensureBrowser } from './tests/support/browser.ts';

const port = Number(process.env['PORT'] ?? 4321);

export default defineConfig({
  testDir: 'tests/e2e',
  testMatch: '**/*.spec.ts',
  fullyParallel: true,
  forbidOnly: Boolean(process.env['CI']),
  retries: 0,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    baseURL: `http://localhost:${port}`,
    viewport: { width: 1366, height: 900 },
    launchOptions: { executablePath: process.env['ORDINAL_BROWSER'] ?? ensureBrowser(), args: ['--no-sandbox'] },
    serviceWorkers: 'block',
  },
  webServer: {
    command: `"${process.execPath}" tests/support/serve.ts`,
    env: { PORT: String(port) },
    url: `http://localhost:${port}/en/`,
    reuseExistingServer: true,
  },
});
