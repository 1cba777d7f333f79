import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures/flowdeck.ts';
import { cell, SAMPLE as NAME, type RunChoice, runWorkflow, startGLabs, state } from './fixtures/steps.ts';

const testing = 'sample-project/projects/may/xyz-wellness/testing';

/** A run of the 3-scene sample, which the window then shows. */
async function startRun(page: Page, choice: RunChoice = {}): Promise<void> {
  await startGLabs(page);
  await runWorkflow(page, choice);
}

/** What the workflow file says of a gate's pick: from 0; null when there is none. */
async function pickInFile(dataDir: string, title: string): Promise<unknown> {
  const file: unknown = JSON.parse(await readFile(join(dataDir, testing, `${NAME}.nbflow`), 'utf8'));
  const nodes = (
    file as { tabs: { graphData: { nodes: { title: string; properties: object }[] } }[] }
  ).tabs.flatMap((tab) => tab.graphData.nodes);
  const gate = nodes.find((node) => node.title === title);
  expect(gate, `the workflow has the gate ${title}`).toBeDefined();
  return (gate?.properties as { approvedIndex?: unknown } | undefined)?.approvedIndex ?? null;
}

test.describe('a run', { tag: '@window' }, () => {
  test.use({ glabs: 'quick' });

  test('shows pictures as they arrive, clips that play, what came out, and its record afterwards', async ({
    controlRoom: page,
    axe,
  }) => {
    // Twelve clips are really encoded.
    test.setTimeout(150_000);
    await startRun(page);
    const thumbnail = cell(page, 'Image', 1).locator('img').first();
    await expect(thumbnail).toBeVisible();
    await expect
      .poll(
        () => thumbnail.evaluate((image: HTMLImageElement) => image.naturalWidth),
        'the picture is decoded',
      )
      .toBeGreaterThan(0);
    await expect(state(page)).toContainText('completed', { timeout: 90_000 });
    const panel = page.getByRole('complementary', { name: 'This run' });
    await expect(panel).toContainText(/XYZG3-V0-1-generated-\d{8}-\d{6}\.nbflow/);
    await expect(page.getByRole('main').getByText('24/24')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Pause' })).toHaveCount(0);

    const clip = cell(page, 'Video', 1).locator('video').first();
    expect(await clip.evaluate((video: HTMLVideoElement) => video.paused)).toBe(true);
    await clip.hover();
    await expect
      .poll(() => clip.evaluate((video: HTMLVideoElement) => video.currentTime), 'the clip plays')
      .toBeGreaterThan(0.1);
    await state(page).hover();
    await expect.poll(() => clip.evaluate((video: HTMLVideoElement) => video.paused)).toBe(true);

    expect(await axe()).toEqual([]);

    await page.getByRole('button', { name: 'All runs' }).click();
    const line = page.getByRole('row', { name: new RegExp(NAME) });
    await expect(line).toContainText('completed');
    await line.getByRole('button', { name: NAME }).click();
    await expect(cell(page, 'Image', 3).locator('img')).toHaveCount(4);
  });

  test('opens a picture large, and goes through the candidates with the arrow keys', async ({
    controlRoom: page,
  }) => {
    await startRun(page, { gates: 'Hold' });
    await expect(state(page)).toContainText('needs your picks');
    await cell(page, 'Image', 2).click();
    const panel = page.getByRole('complementary', { name: 'Selected node' });
    await panel.getByRole('button', { name: 'Show candidate 1 large' }).click();
    const large = page.getByRole('dialog');
    await expect(large.getByRole('img', { name: /^Candidate 1 / })).toBeVisible();
    await page.keyboard.press('ArrowRight');
    await expect(large.getByRole('img', { name: /^Candidate 2 / })).toBeVisible();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await expect(large.getByRole('img', { name: /^Candidate 4 / })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(large).toHaveCount(0);
    await expect(panel).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(panel).toHaveCount(0);
  });

  test('takes a person’s pick by key at once, writes it into the workflow, and takes it back', async ({
    controlRoom: page,
    dataDir,
  }) => {
    await startRun(page, { gates: 'Hold' });
    await expect(state(page)).toContainText('needs your picks');
    const gate = cell(page, 'Gate', 2);
    await expect(gate).toContainText('needs your pick');
    await cell(page, 'Image', 2).focus();
    await page.keyboard.press('3');
    await expect(gate).toContainText('your pick');
    await expect(gate).toContainText('no. 3');
    await expect.poll(() => pickInFile(dataDir, 'Scene 02 pick')).toBe(2);

    await page.keyboard.press('1');
    await expect.poll(() => pickInFile(dataDir, 'Scene 02 pick')).toBe(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(gate).toContainText('no. 3');
    await expect.poll(() => pickInFile(dataDir, 'Scene 02 pick')).toBe(2);
  });

  test('does not take a number that is typed for a pick', async ({ controlRoom: page, dataDir }) => {
    await startRun(page, { gates: 'Hold' });
    await expect(state(page)).toContainText('needs your picks');
    await cell(page, 'Image', 1).click();
    await page.getByRole('searchbox', { name: 'Search scenes and titles' }).fill('');
    await page.keyboard.press('2');
    await expect(page.getByRole('searchbox', { name: 'Search scenes and titles' })).toHaveValue('2');
    expect(await pickInFile(dataDir, 'Scene 01 pick')).toBeNull();
  });

  for (const colorScheme of ['dark', 'light'] as const) {
    test(`holds nothing against accessibility in the ${colorScheme} theme`, async ({
      controlRoom: page,
      axe,
    }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await startRun(page, { gates: 'Hold' });
      expect(await axe(), 'while it runs').toEqual([]);
      await expect(state(page)).toContainText('needs your picks');
      await cell(page, 'Image', 1).click();
      await expect(page.getByRole('complementary', { name: 'Selected node' })).toBeVisible();
      expect(await axe(), 'with a node open').toEqual([]);
      await page.setViewportSize({ width: 1024, height: 700 });
      expect(await axe(), 'in a small window').toEqual([]);
      await page.getByRole('button', { name: 'All runs' }).click();
      await expect(page.getByRole('row', { name: new RegExp(NAME) })).toBeVisible();
      expect(await axe(), 'the list').toEqual([]);
    });
  }
});

test.describe('the controls of a run', { tag: '@window' }, () => {
  // The demo takes seconds for a picture: there is time to press something.
  test.use({ glabs: 'demo' });

  test('pause, resume, change what is in flight, and cancel; what is done is kept', async ({
    controlRoom: page,
  }) => {
    await startRun(page);
    await page.getByRole('button', { name: 'One node fewer at once' }).click();
    await expect(page.getByLabel('2 nodes at once')).toBeVisible();

    await page.keyboard.press('p');
    await expect(state(page)).toContainText('paused');
    await page.getByRole('button', { name: /^Resume/ }).click();
    await expect(state(page)).toContainText('running');

    await expect(cell(page, 'Image', 1).locator('img').first()).toBeVisible();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(state(page)).toContainText('interrupted');
    await expect(page.getByText(/^Cancelled\. G-Labs is asked to stop .* kept/)).toBeVisible();
    await expect(cell(page, 'Image', 1).locator('img').first()).toBeVisible();
    await expect(page.getByRole('button', { name: /^Working 0/ })).toBeVisible();
    await expect(page.getByRole('button', { name: /^Pause/ })).toHaveCount(0);
  });
});
