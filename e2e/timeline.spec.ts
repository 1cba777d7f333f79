import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { errorWords } from '../src/shared/error-words.ts';
import { expect, test } from './fixtures/flowdeck.ts';
import { SAMPLE as NAME, runWorkflow, startGLabs, state } from './fixtures/steps.ts';

type Setup = {
  /** Rules of the simulator (docs/simulator.md). */
  faults?: object[];
  mode?: 'Full' | 'Images';
  gates?: 'Hold';
};

/** Starts G-Labs, puts its faults in, and runs the 3-scene sample; the window then shows the run in time. */
async function runInTime(
  page: Page,
  dataDir: string,
  { faults = [], mode, gates }: Setup = {},
): Promise<void> {
  await startGLabs(page);
  await setFaults(dataDir, faults);
  await runWorkflow(page, { ...(mode && { mode }), ...(gates && { gates }) });
  await page.getByRole('radio', { name: 'Timeline' }).click();
  await expect(timeline(page)).toBeVisible();
}

async function settingsOf(dataDir: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(dataDir, 'settings.json'), 'utf8'));
}

async function setFaults(dataDir: string, rules: object[]): Promise<void> {
  const answer = await fetch(new URL('/sim/faults', String((await settingsOf(dataDir))['glabs.url'])), {
    method: 'POST',
    body: JSON.stringify({ rules }),
  });
  expect(answer.ok, await answer.text()).toBe(true);
}

const timeline = (page: Page) => page.getByRole('grid', { name: `Timeline of ${NAME}` });
const line = (page: Page, scene: number, kind = 'image') =>
  timeline(page)
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: new RegExp(`Scene ${scene} ${kind}:`) }) });
const name = (page: Page, scene: number) => line(page, scene).getByRole('rowheader');
const bars = (page: Page, scene: number) => line(page, scene).getByRole('gridcell');
const overview = (page: Page) => page.getByRole('complementary', { name: 'This run' });

test.describe('the timeline of a run', { tag: '@window' }, () => {
  test.use({ glabs: 'light' });

  test('has a bar for each attempt, the retry after what failed, and says what they come to', async ({
    controlRoom: page,
    dataDir,
  }) => {
    await runInTime(page, dataDir, {
      mode: 'Images',
      faults: [{ fault: 'task-500', kind: 'image', next: 1 }],
    });
    await expect(state(page)).toContainText('completed', { timeout: 40_000 });
    await expect(timeline(page).getByRole('gridcell')).toHaveCount(13);
    await expect(page.getByText('13 attempts')).toBeVisible();
    await expect(page.getByText(/task(s)? at once/)).toBeVisible();

    const failed = timeline(page).getByRole('gridcell', { name: /attempt 1: failed/ });
    const again = timeline(page).getByRole('gridcell', { name: /attempt 2: done/ });
    await expect(failed).toHaveCount(1);
    const [before, after] = [await failed.boundingBox(), await again.boundingBox()];
    expect(after?.y, 'in the same lane').toBe(before?.y);
    expect(after?.x ?? 0, 'after it').toBeGreaterThanOrEqual((before?.x ?? 0) + (before?.width ?? 0) - 1);

    await failed.hover();
    const tip = page.getByRole('tooltip');
    await expect(tip).toContainText(/attempt 1/);
    await expect(tip).toContainText('Task');
  });

  test('is read, zoomed and opened by keyboard alone', async ({ controlRoom: page, dataDir }) => {
    await runInTime(page, dataDir, { mode: 'Images' });
    await expect(state(page)).toContainText('completed', { timeout: 40_000 });
    await name(page, 1).focus();
    await page.keyboard.press('ArrowDown');
    await expect(name(page, 2)).toBeFocused();
    await page.keyboard.press('ArrowRight');
    await expect(bars(page, 2).first()).toBeFocused();
    await expect(page.getByRole('tooltip')).toContainText('Candidate 1, attempt 1');
    await page.keyboard.press('End');
    await expect(bars(page, 2).last()).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('tooltip')).toHaveCount(0);

    const width = async () => (await bars(page, 2).last().boundingBox())?.width ?? 0;
    const fitted = await width();
    await page.keyboard.press('+');
    await expect.poll(width, 'twice as wide').toBeGreaterThan(1.5 * fitted);
    await page.keyboard.press('-');
    await expect.poll(width).toBeCloseTo(fitted, 0);
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    await page.keyboard.press('0');
    await expect.poll(width).toBeCloseTo(fitted, 0);

    await page.keyboard.press('Enter');
    await expect(page.getByRole('complementary', { name: 'Selected node' })).toContainText('Scene 02');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('complementary', { name: 'Selected node' })).toHaveCount(0);
    await expect(bars(page, 2).last()).toBeFocused();
  });

  test('zooms around the pointer with Control and the wheel', async ({ controlRoom: page, dataDir }) => {
    await runInTime(page, dataDir, { mode: 'Images' });
    await expect(state(page)).toContainText('completed', { timeout: 40_000 });
    const bar = bars(page, 3).last();
    await bar.hover();
    const middle = async () => {
      const box = await bar.boundingBox();
      return box ? box.x + box.width / 2 : 0;
    };
    const [before, width] = [await middle(), (await bar.boundingBox())?.width ?? 0];
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -200);
    await page.keyboard.up('Control');
    await expect.poll(async () => (await bar.boundingBox())?.width ?? 0).toBeGreaterThan(1.5 * width);
    expect(Math.abs((await middle()) - before), 'what is under the pointer stays there').toBeLessThan(3);
  });

  test('shares filter and search with the board', async ({ controlRoom: page, dataDir }) => {
    await runInTime(page, dataDir, { mode: 'Images' });
    await expect(state(page)).toContainText('completed', { timeout: 40_000 });
    await expect(timeline(page).getByRole('rowheader')).toHaveCount(6);
    await page.getByRole('searchbox', { name: 'Search scenes and titles' }).fill('2');
    await expect(timeline(page).getByRole('rowheader')).toHaveCount(2);
    await page.getByRole('button', { name: /^Done/ }).click();
    await expect(timeline(page).getByRole('rowheader')).toHaveCount(1);
    await page.getByRole('button', { name: /^Failed/ }).click();
    await expect(timeline(page)).toContainText('No node is like this now.');
  });

  for (const colorScheme of ['dark', 'light'] as const) {
    test(`holds nothing against accessibility in the ${colorScheme} theme`, async ({
      controlRoom: page,
      dataDir,
      axe,
    }) => {
      // Axe looks four times at a full screen.
      test.setTimeout(150_000);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await runInTime(page, dataDir, {
        mode: 'Images',
        faults: [{ fault: 'task-400', kind: 'image', next: 5 }],
      });
      expect(await axe(), 'while it runs').toEqual([]);
      await expect(state(page)).toContainText(/completed|failures/, { timeout: 40_000 });
      await bars(page, 1).first().hover();
      await expect(page.getByRole('tooltip')).toBeVisible();
      expect(await axe(), 'with a tip').toEqual([]);
      await page.getByRole('button', { name: /What it is made of/ }).click();
      await expect(page.getByRole('dialog', { name: `Cost of ${NAME}` })).toContainText('nano_banana_2');
      expect(await axe(), 'with the cost').toEqual([]);
      await page.keyboard.press('Escape');
      await page.setViewportSize({ width: 1024, height: 700 });
      expect(await axe(), 'in a small window').toEqual([]);
    });
  }
});

test.describe('the record of a run', () => {
  test.use({ glabs: 'light', settings: { 'runner.retries': 0 } });

  test('says why nodes failed, what was said, and makes them with one button', async ({
    controlRoom: page,
    dataDir,
  }) => {
    await runInTime(page, dataDir, { mode: 'Images', faults: [{ fault: 'task-400', kind: 'image' }] });
    await expect(state(page)).toContainText('finished with failures', { timeout: 40_000 });
    await expect(overview(page)).toContainText('3 nodes failed');
    await expect(overview(page)).toContainText(errorWords.content_policy.cause);
    await expect(overview(page)).toContainText(errorWords.content_policy.cure);
    await expect(overview(page).getByText('errors.json', { exact: true })).toBeVisible();
    await overview(page).getByText('What was said').first().click();
    await expect(overview(page).locator('pre').first()).toBeVisible();
    await expect(page.getByRole('button', { name: /\$0\.00 of ~\$0\.48/ })).toBeVisible();

    await setFaults(dataDir, []);
    await overview(page).getByRole('button', { name: 'Try all 3 again' }).click();
    await page
      .getByRole('region', { name: /^Messages/ })
      .getByRole('button', { name: 'Show run' })
      .click();
    await expect(state(page)).toContainText('completed', { timeout: 40_000 });
    await expect(overview(page)).toContainText('3 generated, 0 failed');
    await expect(bars(page, 3)).toHaveCount(4);
  });

  test('tells a run that was refused in its middle, with the way on', async ({
    controlRoom: page,
    dataDir,
  }) => {
    await runInTime(page, dataDir, {
      mode: 'Images',
      faults: [{ fault: 'http-401', on: 'submit', skip: 2 }],
    });
    await expect(state(page)).toContainText('aborted', { timeout: 40_000 });
    await expect(overview(page)).toContainText('(401)');
    await expect(overview(page)).toContainText('nothing is paid for twice');
    await setFaults(dataDir, []);
    await overview(page).getByRole('button', { name: 'Run again…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Run', exact: true }).click();
    await expect(state(page)).toContainText('completed', { timeout: 40_000 });
  });

  test('is whole when it is opened again: bars, notices, options', async ({ controlRoom: page, dataDir }) => {
    await runInTime(page, dataDir, {
      mode: 'Images',
      faults: [{ fault: 'task-500', kind: 'image', next: 2 }],
    });
    await expect(state(page)).toContainText(/completed|failures/, { timeout: 40_000 });
    const live = await timeline(page).getByRole('gridcell').evaluateAll(labels);
    expect(live.length).toBeGreaterThanOrEqual(12);
    await page.reload();
    await expect(timeline(page)).toBeVisible();
    await expect.poll(() => timeline(page).getByRole('gridcell').evaluateAll(labels)).toEqual(live);
    await expect(overview(page)).toContainText('demo simulator');
    await expect(overview(page)).toContainText('the machine picks');
  });

  test('of a live run that waits says for what, and leads to the first', async ({
    controlRoom: page,
    dataDir,
  }) => {
    await runInTime(page, dataDir, { gates: 'Hold' });
    await expect(page.getByText('Waits for 3 picks.')).toBeVisible({ timeout: 40_000 });
    await expect(page.getByText('It goes on by itself.')).toBeVisible();
    await page.getByRole('button', { name: 'Show the first' }).click();
    await expect(page.getByRole('complementary', { name: 'Selected node' })).toContainText('Scene 01');
  });
});

const labels = (cells: Element[]) => cells.map((cell) => cell.getAttribute('aria-label'));

test.describe('the price table', () => {
  test.use({ glabs: 'light' });

  test('is edited line by line, refuses what is no price, and goes back to the default', async ({
    controlRoom: page,
    dataDir,
    axe,
  }) => {
    const kept = async () => (await settingsOf(dataDir))['costs.table'] as { prices: object[] } | undefined;
    await page
      .getByRole('navigation', { name: 'Screens' })
      .getByRole('button', { name: /Settings/ })
      .click();
    await page.getByRole('searchbox', { name: 'Search settings' }).fill('costs');
    const price = page.getByRole('textbox', { name: 'Price of line 1 in US dollars' });
    await price.fill('cheap');
    await price.press('Enter');
    await expect(price).toHaveAccessibleDescription(/US dollars, 0 or more/);
    expect(await kept()).toBeUndefined();
    await price.fill('0.05');
    await price.press('Enter');
    await expect
      .poll(kept)
      .toMatchObject({ prices: [{ model: 'nano_banana_2', usd: 0.05 }, {}, {}, {}, {}, {}] });

    await page.getByRole('button', { name: 'Add a model' }).click();
    await expect(page.getByRole('textbox', { name: 'Model of line 7' })).toBeFocused();
    await page.keyboard.type('of_tomorrow');
    await page.getByRole('textbox', { name: 'Price of line 7 in US dollars' }).fill('2');
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await kept())?.prices.length).toBe(7);
    expect(await axe()).toEqual([]);

    await page.getByRole('button', { name: 'Take out veo_31_lite' }).click();
    await expect.poll(async () => (await kept())?.prices.length).toBe(6);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(async () => (await kept())?.prices[3]).toMatchObject({ model: 'veo_31_lite' });

    await page.getByRole('button', { name: 'Back to the default' }).click();
    await expect.poll(kept).toBeUndefined();
    await expect(price).toHaveValue('0.04');
  });
});
