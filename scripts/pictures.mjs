import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from '@playwright/test';
import sharp from 'sharp';
import { freePort, serve, tunnelSettings } from '../e2e/fixtures/serve.ts';
import config from '../e2e/playwright.config.ts';
import { startEdge } from '../src/simulator/cloudflared/test-cloudflared.ts';
import { root, say } from './setup/basics.mjs';
import { ensureBuilt } from './setup/build.mjs';

// node scripts/pictures.mjs [folder]: the pictures of the README, taken from a real control room that runs the
// sample on the demo, in both themes. Default folder: docs/pictures. Runs on the pinned Node.

/** @typedef {import('@playwright/test').Page} Page */

const folder = resolve(process.argv[2] ?? join(root, 'docs', 'pictures'));
/** The one of the sample that fills a board. */
const WORKFLOW = 'XYZS2-V0-1';
const themes = /** @type {const} */ (['dark', 'light']);

await ensureBuilt();
mkdirSync(folder, { recursive: true });
const dataDir = mkdtempSync(join(tmpdir(), 'flowdeck-pictures-'));
/** One that is told the address of the tunnel. */
const envFile = join(dataDir, 'ads.env');
writeFileSync(envFile, 'GLABS_URL=\n');
const edge = await startEdge();
const served = await serve(
  dataDir,
  {
    ...tunnelSettings('simulated', edge.url),
    'tunnel.consumers': [{ kind: 'env-file', path: envFile, key: 'GLABS_URL' }],
    'glabs.url': `http://127.0.0.1:${await freePort()}`,
    'glabs.command': 'demo',
    'runner.pollMs': 200,
  },
  edge.env(),
);
const browser = await chromium.launch(config.use?.launchOptions ?? {});
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark' });
  page.setDefaultTimeout(60_000);
  await page.goto(served.url);
  await takeAll(page);
} finally {
  await browser.close();
  await served.end();
  await edge.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

/**
 * The way of a first run, with a stop at each screen.
 * @param {Page} page
 */
async function takeAll(page) {
  const rail = page.getByRole('navigation', { name: 'Screens' });
  const bar = page.getByRole('banner');
  await bar.getByRole('button', { name: 'Start', exact: true }).click();
  await bar.getByText('verified').waitFor();

  await rail.getByText('Workflows').click();
  await page.getByRole('option', { name: WORKFLOW }).click();
  await page.getByRole('main').getByRole('button', { name: 'Run…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('To generate', { exact: true }).waitFor();
  await take(page, 'plan', dialog);

  await dialog.getByRole('button', { name: 'Run', exact: true }).click();
  // Late enough for clips, early enough to see work going on.
  const cell = (/** @type {RegExp} */ name) => page.getByRole('gridcell', { name }).first();
  await cell(/^Video of Scene 02.*: done/).waitFor({ timeout: 180_000 });
  await cell(/^Image of Scene 01/).click();
  await take(page, 'run');

  await rail.getByText('Control room').click();
  await page.getByText('It has confirmed revision 1.').waitFor();
  await take(page, 'control-room');
}

/**
 * One screen, or a part of it, in both themes. Few colours are enough for a screen, and keep the files small.
 * @param {Page} page
 * @param {string} name
 * @param {Page | import('@playwright/test').Locator} [part]
 */
async function take(page, name, part = page) {
  // The pointer would leave something lit up.
  await page.mouse.move(0, 899);
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme });
    await page.waitForLoadState('networkidle');
    // As text: this line runs in the page, where there is a document.
    await page.evaluate('Promise.all(Array.from(document.images, (image) => image.decode()))');
    const shot = await part.screenshot({ animations: 'disabled' });
    const file = join(folder, `${name}-${colorScheme}.png`);
    const { size } = await sharp(shot).png({ palette: true, quality: 90, effort: 10 }).toFile(file);
    say(`${file} (${Math.round(size / 1024)} kB)`);
  }
}
