import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { TestEdge } from '../src/simulator/cloudflared/test-cloudflared.ts';
import { test as base, expect } from './fixtures/flowdeck.ts';
import { inPalette } from './fixtures/steps.ts';

interface Webhook {
  url: string;
  /** What it was told, newest last. */
  told: { url: string; revision: number }[];
  /** The status of its answers from now on. */
  answers(status: number): void;
}

/** A file and a webhook that use the address. */
const test = base.extend<{ envFile: string; webhook: Webhook }>({
  envFile: async ({ folder }, use) => {
    const file = join(folder, 'ads.env');
    await writeFile(file, '# mine\nexport GLABS_URL="http://old"\nKEEP=1\n');
    await use(file);
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures it needs from here.
  webhook: async ({}, use) => {
    const told: Webhook['told'] = [];
    let status = 200;
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString('utf8');
      });
      request.on('end', () => {
        told.push(JSON.parse(body));
        response.writeHead(status).end();
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('no port');
    const answers = (next: number) => {
      status = next;
    };
    await use({ url: `http://127.0.0.1:${address.port}/told`, told, answers });
    server.closeAllConnections();
    server.close();
  },
  settings: ({ envFile, webhook }, use) =>
    use({
      'tunnel.consumers': [
        { kind: 'env-file', path: envFile, key: 'GLABS_URL' },
        { kind: 'webhook', url: webhook.url },
      ],
    }),
});
test.use({ glabs: 'light', tunnel: 'simulated', permissions: ['clipboard-read', 'clipboard-write'] });

const tunnel = (page: Page) => page.getByRole('region', { name: 'Tunnel', exact: true });
const consumer = (page: Page, words: string) =>
  page
    .getByRole('table', { name: 'Who uses the tunnel’s address' })
    .getByRole('row')
    .filter({ hasText: words });
const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

/** Starts all, and the public address once it is verified. */
async function up(page: Page, edge: TestEdge | null): Promise<string> {
  await page.getByRole('banner').getByRole('button', { name: 'Start', exact: true }).click();
  await expect(page.getByRole('banner')).toContainText('verified');
  return newestHost(edge);
}

async function newestHost(edge: TestEdge | null): Promise<string> {
  const host = (await edge?.state())?.tunnels.at(-1)?.host;
  if (host === undefined) throw new Error('there is no tunnel');
  return host;
}

test('one press brings up G-Labs and a tunnel that leads to it, and its address is told and copied', async ({
  controlRoom,
  edge,
  envFile,
  webhook,
  axe,
}) => {
  test.slow();
  const host = await up(controlRoom, edge);
  const url = `https://${host}`;
  expect((await edge?.ask(host, '/api/health'))?.status).toBe(200);
  await expect(tunnel(controlRoom)).toContainText(url);
  await expect(tunnel(controlRoom)).toContainText('quick: a new address at each start');

  const bar = controlRoom.getByRole('banner');
  await bar.getByRole('button', { name: 'Copy address of the tunnel' }).click();
  await expect.poll(() => clipboard(controlRoom)).toBe(url);
  await controlRoom.evaluate(() => navigator.clipboard.writeText(''));
  await controlRoom.getByRole('button', { name: 'Copy for PatchWork' }).click();
  await expect.poll(() => clipboard(controlRoom)).toBe(url);

  await expect(controlRoom.getByText('All 2 have confirmed revision 1.')).toBeVisible();
  expect(await readFile(envFile, 'utf8')).toBe(`# mine\nexport GLABS_URL="${url}"\nKEEP=1\n`);
  expect(webhook.told).toEqual([{ url, revision: 1 }]);
  await expect(bar.getByRole('button', { name: 'Choose a workflow' })).toBeEnabled();
  for (const colorScheme of ['dark', 'light'] as const) {
    await controlRoom.emulateMedia({ colorScheme });
    expect(await axe()).toEqual([]);
  }
});

test('a tunnel that breaks comes back under a new address, which is told to all', async ({
  controlRoom,
  edge,
  envFile,
}) => {
  const first = await up(controlRoom, edge);
  await expect(consumer(controlRoom, 'GLABS_URL')).toContainText('confirmed');
  await edge?.play(first, 'ready-then-dead');
  await expect(tunnel(controlRoom)).toContainText(/Restarting \(2nd try\) in \d+ s/);
  await expect(controlRoom.getByRole('button', { name: 'Copy address of the tunnel' })).toHaveCount(0);
  await expect(controlRoom.getByText('All 2 have confirmed revision 2.')).toBeVisible();
  const second = await newestHost(edge);
  expect(second).not.toBe(first);
  await expect(tunnel(controlRoom)).toContainText(`https://${second}`);
  expect(await readFile(envFile, 'utf8')).toContain(`GLABS_URL="https://${second}"`);
  await tunnel(controlRoom)
    .getByText(/^1, newest/)
    .click();
  await expect(tunnel(controlRoom).getByRole('listitem')).not.toBeEmpty();
  await expect(controlRoom.getByRole('img', { name: /^Tunnel: .*1 outage$/ })).toBeVisible();
});

test('who does not confirm is shown with the reason, and told at once on request', async ({
  controlRoom,
  edge,
  webhook,
}) => {
  webhook.answers(500);
  await up(controlRoom, edge);
  const row = consumer(controlRoom, 'a webhook');
  await expect(consumer(controlRoom, 'GLABS_URL')).toContainText('confirmed');
  // By then the next try is far enough off for a person to be quicker.
  await expect(row).toContainText(/pending, [4-9] tries failed/, { timeout: 30_000 });
  await expect(row).toContainText('500');
  await expect(row).toContainText(/next try in \d+ s/);
  await expect(controlRoom.getByText('1 of 2 has confirmed revision 1.')).toBeVisible();
  webhook.answers(200);
  const time = () => row.getByRole('time').getAttribute('datetime');
  const nextTry = await time();
  await row.getByRole('button', { name: /^Tell it now/ }).press('Enter');
  await expect(row).toContainText('confirmed');
  expect(Date.parse((await time()) ?? '')).toBeLessThan(Date.parse(nextTry ?? ''));
  await expect(row.getByRole('button', { name: /^Tell it now/ })).toHaveCount(0);
});

test('the tunnel is worked by the keyboard alone', async ({ controlRoom, edge }) => {
  const host = await up(controlRoom, edge);
  await inPalette(controlRoom, 'Copy the address of the tunnel');
  await expect.poll(() => clipboard(controlRoom)).toBe(`https://${host}`);
  await inPalette(controlRoom, 'Stop the tunnel');
  await expect(tunnel(controlRoom)).toContainText('stopped');
  await expect(controlRoom.getByRole('banner')).toContainText('G-Labs');
  await edge?.until(({ tunnels }) => tunnels.every(({ connections }) => connections.length === 0));
  await inPalette(controlRoom, 'Start the tunnel');
  await expect(tunnel(controlRoom)).toContainText('verified');
  await inPalette(controlRoom, 'Stop all');
  await expect(tunnel(controlRoom)).toContainText('stopped');
  await expect(controlRoom.getByRole('region', { name: 'G-Labs', exact: true })).toContainText('stopped');
});

test('a tunnel that takes long keeps nobody waiting, and can be stopped meanwhile', async ({
  controlRoom,
  edge,
}) => {
  await edge?.queue('never-ready', 5);
  const bar = controlRoom.getByRole('banner');
  await bar.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(tunnel(controlRoom)).toContainText('Waiting for Cloudflare to accept the connection');
  await expect(bar.getByRole('button', { name: 'Choose a workflow' })).toBeEnabled();
  const glabs = controlRoom.getByRole('region', { name: 'G-Labs', exact: true });
  await glabs.getByRole('button', { name: 'Stop G-Labs' }).click();
  await expect(glabs).toContainText('stopped');
  await bar.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(glabs).toContainText('ready');
  await tunnel(controlRoom).getByRole('button', { name: 'Stop tunnel' }).click();
  await expect(tunnel(controlRoom)).toContainText('stopped');
  await expect(controlRoom.getByRole('region', { name: 'Messages' }).getByRole('listitem')).toHaveCount(0);
});
