import { resolve } from 'node:path';
import { defineConfig } from '@playwright/test';
import { findBrowser } from '../scripts/setup/browser.mjs';
import type { FaceOption } from './fixtures/flowdeck.ts';

const browser = findBrowser();
const root = resolve(import.meta.dirname, '..');

/**
 * The same specs in a browser and in the Electron window. `npm test` finds (or fetches) a browser first and names it
 * in FLOWDECK_TEST_BROWSER.
 */
export default defineConfig<FaceOption>({
  testDir: import.meta.dirname,
  outputDir: resolve(root, 'test-results/e2e'),
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  workers: 2,
  reporter: 'list',
  use: {
    viewport: { width: 1440, height: 900 },
    screenshot: 'only-on-failure',
    // A trace costs a fifth of the round: `--trace retain-on-failure` has one when a failure needs it.
    trace: 'off',
    launchOptions: {
      ...(browser === null ? {} : { executablePath: browser }),
      args: [
        // A sandbox cannot be made by root, as in a container.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'browser', use: { face: 'browser' } },
    { name: 'electron', use: { face: 'electron' }, grep: /@window/ },
  ],
});
