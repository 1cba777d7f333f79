import type { Page } from '@playwright/test';
import { findCloudflared } from '../src/main/services/cloudflared-program.ts';
import { expect, test } from './fixtures/flowdeck.ts';
import { type Served, serve } from './fixtures/serve.ts';
import { inPalette, startGLabs } from './fixtures/steps.ts';

const card = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const glabs = (page: Page) => card(page, 'G-Labs');
const tunnel = (page: Page) => card(page, 'Tunnel');
const log = (page: Page, name: string) => page.getByRole('region', { name: `Log of ${name}` });
/** Process of G-Labs, as its card has it. */
async function processOf(page: Page): Promise<number> {
  const text = await glabs(page)
    .getByText(/process \d+/)
    .textContent();
  return Number(/process (\d+)/.exec(text ?? '')?.[1]);
}

test.describe('G-Labs', () => {
  test.use({ glabs: 'light' });

  test('that is killed is started again, and what happened stays in sight', async ({ controlRoom, axe }) => {
    test.slow();
    await startGLabs(controlRoom);
    const before = await processOf(controlRoom);
    await expect(controlRoom.getByRole('img', { name: /^G-Labs: .*no outage$/ })).toBeVisible();
    process.kill(before, 'SIGKILL');
    await expect(controlRoom.getByRole('img', { name: /^G-Labs: .*1 outage$/ })).toBeVisible();
    await expect(glabs(controlRoom)).toContainText('ready');
    await expect.poll(() => processOf(controlRoom)).not.toBe(before);

    await glabs(controlRoom)
      .getByText(/^1, newest/)
      .click();
    await expect(glabs(controlRoom).getByRole('list')).toContainText('SIGKILL');
    await controlRoom.getByRole('button', { name: 'As a list' }).click();
    const hour = controlRoom.getByRole('table', { name: 'G-Labs in the last hour' });
    await expect(hour.getByRole('row').nth(1)).toContainText('now');
    await expect(hour.getByRole('row').filter({ hasText: 'down' })).toHaveCount(1);
    for (const colorScheme of ['dark', 'light'] as const) {
      await controlRoom.emulateMedia({ colorScheme });
      expect(await axe()).toEqual([]);
    }
  });

  test('writes a log that one can search, and hold still', async ({ controlRoom }) => {
    await startGLabs(controlRoom);
    const lines = log(controlRoom, 'G-Labs');
    await expect(lines).toContainText('is ready.');
    const search = controlRoom.getByRole('searchbox', { name: 'Search the log of G-Labs' });
    await search.fill('IS READY');
    await expect(glabs(controlRoom)).toContainText('1 of 1 match');
    await expect(lines.locator('[aria-current]')).toContainText('is ready.');
    await search.fill('nothing like this');
    await expect(glabs(controlRoom)).toContainText('No match');
    await expect(glabs(controlRoom).getByRole('button', { name: 'Next match' })).toBeDisabled();
    await search.fill('');

    await glabs(controlRoom).getByRole('button', { name: 'Pause log' }).click();
    await glabs(controlRoom).getByRole('button', { name: 'Restart G-Labs' }).click();
    await expect(glabs(controlRoom)).toContainText(/Paused, [3-9] new lines/);
    await expect(lines).not.toContainText('Stopping.');
    await glabs(controlRoom).getByRole('button', { name: 'Resume log' }).click();
    await expect(lines).toContainText('Stopping.');

    await expect(lines.getByText('is ready.')).toHaveCount(2);
    await search.fill('is ready');
    await expect(glabs(controlRoom)).toContainText('2 of 2 matches');
    await search.press('Enter');
    await expect(glabs(controlRoom)).toContainText('1 of 2 matches');
    await search.press('Shift+Enter');
    await expect(glabs(controlRoom)).toContainText('2 of 2 matches');

    await glabs(controlRoom).getByRole('button', { name: 'Log of G-Labs', exact: true }).click();
    await expect(lines).toHaveCount(0);
    await expect(glabs(controlRoom)).toContainText('is ready.');
    await controlRoom.reload();
    await expect(lines).toHaveCount(0);
  });

  test('is brought up and down by the keyboard alone', async ({ controlRoom }) => {
    await expect(glabs(controlRoom)).toContainText('stopped');
    await inPalette(controlRoom, 'Start G-Labs');
    await expect(glabs(controlRoom)).toContainText('ready');
    await inPalette(controlRoom, 'Stop all');
    await expect(glabs(controlRoom)).toContainText('stopped');
    await expect(controlRoom.getByRole('button', { name: 'Stop all' })).toHaveCount(0);
  });
});

test.describe('a G-Labs that ends at once', () => {
  test.use({
    settings: {
      'glabs.command': process.execPath,
      'glabs.args': ['-e', 'console.error("no accounts are logged in"); process.exit(3)'],
    },
  });

  test('is tried again with a countdown, then told with its last words and one button', async ({
    controlRoom,
    axe,
  }) => {
    const bar = controlRoom.getByRole('banner');
    await bar.getByRole('button', { name: 'Start', exact: true }).click();
    await expect(glabs(controlRoom)).toContainText(/Restarting \(\d(nd|rd|th) try\) in \d s/);
    const failed = glabs(controlRoom).getByRole('alert');
    await expect(failed).toContainText('5 times in a row');
    await expect(failed.getByRole('button', { name: 'Start again' })).toBeVisible();
    await expect(glabs(controlRoom).getByRole('button', { name: 'Start G-Labs' })).toHaveCount(0);
    await failed.getByText('Raw output').click();
    await expect(failed.locator('pre')).toContainText('no accounts are logged in');
    for (const colorScheme of ['dark', 'light'] as const) {
      await controlRoom.emulateMedia({ colorScheme });
      expect(await axe()).toEqual([]);
    }
  });
});

test.describe('a second Flowdeck on the same data folder', () => {
  test.use({ glabs: 'light' });
  let second: Served | null = null;
  test.afterEach(async () => {
    await second?.end();
    second = null;
  });

  test('says who supervises, passes buttons on, and takes over when that one ends', async ({
    controlRoom,
    context,
    served,
    dataDir,
  }) => {
    await startGLabs(controlRoom);
    second = await serve(dataDir, null);
    const page = await context.newPage();
    await page.goto(second.url);
    const notice = page.getByRole('region', { name: 'Another Flowdeck supervises' });
    await expect(notice).toContainText(`process ${served?.pid}`);
    await expect(glabs(page)).toContainText('ready');
    await glabs(page).getByRole('button', { name: 'Stop G-Labs' }).click();
    await expect(glabs(controlRoom)).toContainText('stopped');
    await expect(glabs(page)).toContainText('stopped');
    await expect(controlRoom.getByRole('region', { name: 'Another Flowdeck supervises' })).toHaveCount(0);

    await served?.end();
    await expect(notice).toHaveCount(0);
    await startGLabs(page);
    await expect(glabs(page)).toContainText('ready');
  });
});

test.describe('without a tunnel', () => {
  for (const kind of ['none', 'missing'] as const) {
    test.describe(kind, () => {
      test.use({ glabs: 'light', tunnel: kind });

      test('nothing alarms, and Start means G-Labs alone', async ({ controlRoom, axe }) => {
        await startGLabs(controlRoom);
        await expect(tunnel(controlRoom)).toContainText('Runs need no tunnel');
        await expect(tunnel(controlRoom)).toContainText(kind === 'none' ? 'off' : 'not set up');
        await expect(tunnel(controlRoom).locator('[data-mark]')).toHaveAttribute('data-mark', 'skipped');
        const bar = controlRoom.getByRole('banner');
        await expect(bar.getByRole('button', { name: 'Choose a workflow' })).toBeEnabled();
        await expect(controlRoom.getByRole('alert')).toHaveCount(0);
        expect(await axe()).toEqual([]);
        await tunnel(controlRoom).getByRole('button', { name: 'Settings' }).click();
        await expect(controlRoom.getByRole('searchbox', { name: 'Search settings' })).toHaveValue('tunnel.');
        await expect(controlRoom.getByRole('region', { name: 'Tunnel' })).toContainText('tunnel.mode');
      });
    });
  }
});

test.describe('where cloudflared is not installed', () => {
  test.use({
    glabs: 'light',
    tunnel: 'missing',
    settings: { 'tunnel.cloudflared': null },
    permissions: ['clipboard-read', 'clipboard-write'],
  });

  test('the command that installs it is there to be copied', async ({ controlRoom }, testInfo) => {
    const found = await findCloudflared({ named: null, env: process.env });
    const command = 'problem' in found ? found.problem.command : undefined;
    testInfo.skip(command === undefined, 'cloudflared is installed here, or is not installed by a command.');
    await expect(tunnel(controlRoom)).toContainText('not set up');
    await expect(tunnel(controlRoom).locator('code')).toHaveText(command ?? '');
    await tunnel(controlRoom).getByRole('button', { name: 'Copy command' }).click();
    await expect.poll(() => controlRoom.evaluate(() => navigator.clipboard.readText())).toBe(command);
    // To press Start is no harm either: it looks again, and says the same.
    await tunnel(controlRoom).getByRole('button', { name: 'Start tunnel' }).click();
    await expect(tunnel(controlRoom).locator('code')).toHaveText(command ?? '');
    await expect(tunnel(controlRoom)).toContainText('Runs need no tunnel');
  });
});
