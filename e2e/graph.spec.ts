import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import Database from 'better-sqlite3';
import { expect, test } from './fixtures/flowdeck.ts';
import { SAMPLE as NAME, panel, runWorkflow, startGLabs } from './fixtures/steps.ts';

const testing = 'sample-project/projects/may/xyz-wellness/testing';

/** A run that waits at its gates, as a graph. */
async function showGraph(page: Page, name = NAME): Promise<void> {
  await startGLabs(page);
  await runWorkflow(page, { name, gates: 'Hold' });
  await page.getByRole('radio', { name: 'Graph' }).click();
  await expect(graph(page)).toBeVisible();
}

const graph = (page: Page) => page.getByRole('application', { name: /^Graph of / });
const card = (page: Page, name: RegExp) => graph(page).getByRole('group', { name });
const needsPick = (page: Page, scene: number) =>
  card(page, new RegExp(`^Gate Scene 0${scene} pick: needs your pick`));

/** The card that keys go to, as a screen reader is told. */
async function activeCard(page: Page): Promise<string | null> {
  const id = await graph(page).getAttribute('aria-activedescendant');
  return id === null ? null : page.locator(`[id="${id}"]`).textContent();
}

/** Where a card stands; while the graph is laid out anew it may be off the page for a moment. */
const place = async (locator: Locator) => {
  for (;;) {
    await expect(locator).toBeVisible();
    const box = await locator.boundingBox();
    if (box) return box;
  }
};

test.describe('the graph of a run', { tag: '@window' }, () => {
  test.use({ glabs: 'light' });

  test('shows the workflow as drawn, live, and opens nodes beside it as the board does', async ({
    controlRoom: page,
  }) => {
    await showGraph(page);
    await expect(graph(page)).toHaveAccessibleName(`Graph of ${NAME}: 29 nodes`);
    const image = card(page, /^Image Scene 01 /);
    await expect(image.locator('img').first()).toBeVisible();
    await expect(needsPick(page, 1)).toBeVisible();

    await card(page, /^Prompt A Scene 01 template/).click();
    await expect(panel(page).getByRole('heading', { name: /^Scene 01 — image/ })).toBeVisible();
    await image.click();
    await expect(image).toHaveAttribute('aria-current', 'true');
    await page.getByRole('radio', { name: 'Board' }).click();
    await expect(page.getByRole('gridcell', { name: /^Image of Scene 01/ })).toHaveAttribute(
      'aria-current',
      'true',
    );
  });

  test('is gone over with the keyboard: along links, open, pick, close, zoom', async ({
    controlRoom: page,
  }) => {
    await showGraph(page);
    await expect(needsPick(page, 1)).toBeVisible();
    await graph(page).focus();
    await page.keyboard.press('Home');
    expect(await activeCard(page)).toContain('Media A avatar sheet');
    await page.keyboard.press('ArrowRight');
    expect(await activeCard(page)).toContain('Image Scene 01');
    await page.keyboard.press('ArrowDown');
    expect(await activeCard(page)).toContain('Image Scene 02');
    await page.keyboard.press('Enter');
    await expect(panel(page).getByRole('heading', { name: /^Scene 02 — image/ })).toBeVisible();
    await page.keyboard.press('2');
    await expect(card(page, /^Gate Scene 02 pick: your pick/)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(panel(page)).toHaveCount(0);
    await expect(graph(page)).toBeFocused();

    await page.keyboard.press('+');
    await expect(graph(page)).toContainText('60%');
    await page.keyboard.press('0');
    await expect(card(page, /^Video Scene 03 /)).toBeInViewport();
    await expect(card(page, /^Media A avatar sheet/)).toBeInViewport();
  });

  test('can be tidied, and comes back as it was left', async ({ controlRoom: page }) => {
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await showGraph(page);
    await expect(needsPick(page, 1)).toBeVisible();
    const dialogue = card(page, /^Prompt A Scene 01 dialogue/);
    const image = card(page, /^Image Scene 01 /);
    expect((await place(dialogue)).x).toBeLessThan((await place(image)).x);
    await page.getByRole('radio', { name: 'Tidy' }).click();
    // The dialogue goes into the clip only, and so stands nearer to it than the picture's own prompts.
    await expect.poll(async () => (await place(dialogue)).y - (await place(image)).y).toBeLessThan(200);
    await expect(page.getByText('Tidying…')).toHaveCount(0);
    const tidy = await place(dialogue);
    expect(complaints, 'nothing the page forbids was tried').toEqual([]);

    await page.reload();
    await expect(graph(page)).toBeVisible();
    await expect(page.getByRole('radio', { name: 'Tidy' })).toBeChecked();
    await expect.poll(() => place(dialogue)).toEqual(tidy);
  });

  test('dims what the filter and the search leave out', async ({ controlRoom: page }) => {
    await showGraph(page);
    await expect(needsPick(page, 1)).toBeVisible();
    const dim = (name: RegExp) => card(page, name).and(page.locator('[data-dim]'));
    await page.getByRole('searchbox', { name: 'Search scenes and titles' }).fill('scene 2');
    await expect(dim(/^Image Scene 01 /)).toBeVisible();
    await expect(dim(/^Image Scene 02 /)).toHaveCount(0);
    await page.getByRole('searchbox', { name: 'Search scenes and titles' }).fill('');
    await expect(page.locator('[data-dim]')).toHaveCount(0);
    await page.getByRole('button', { name: /^Failed \d/ }).click();
    await expect(dim(/^Image Scene 02 /)).toBeVisible();
  });

  for (const colorScheme of ['dark', 'light'] as const) {
    test(`holds nothing against accessibility in the ${colorScheme} theme`, async ({
      controlRoom: page,
      axe,
    }) => {
      // axe looks at the whole page three times.
      test.slow();
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await showGraph(page);
      expect(await axe(), 'while it runs').toEqual([]);
      await expect(needsPick(page, 1)).toBeVisible();
      await needsPick(page, 1).click();
      await expect(panel(page)).toBeVisible();
      expect(await axe(), 'with a node open').toEqual([]);
      await page.setViewportSize({ width: 1024, height: 700 });
      await page.getByRole('button', { name: /^Needs you \d/ }).click();
      await graph(page).focus();
      await page.keyboard.press('0');
      for (let i = 0; i < 4; i++) await page.keyboard.press('-');
      await expect(graph(page).locator('canvas')).toBeVisible();
      expect(await axe(), 'from far away, in a small window').toEqual([]);
    });
  }
});

test.describe('the graph of a workflow with two tabs', () => {
  test.use({ glabs: 'light' });

  test('shows one at a time, says which of them needs a person, and follows a node to its tab', async ({
    controlRoom: page,
    dataDir,
  }) => {
    await withSecondTab(join(dataDir, testing));
    await showGraph(page, 'XYZT1-V0-1');
    const second = page.getByRole('tab', { name: /^Account B/ });
    await expect(second).toHaveAccessibleName(/3.*need your pick/);
    await second.click();
    await expect(graph(page)).toHaveAccessibleName('Graph of XYZT1-V0-1, Account B: 29 nodes');
    await card(page, /^Image Scene 02 /).click();
    await expect(panel(page)).toBeVisible();
    await page.getByRole('tab', { name: /^Account A/ }).click();
    await expect(graph(page)).toHaveAccessibleName(/Account A/);
    await page.getByRole('radio', { name: 'Board' }).click();
    await page
      .getByRole('gridcell', { name: /^Image of Scene 03/ })
      .last()
      .click();
    await page.getByRole('radio', { name: 'Graph' }).click();
    await expect(second).toHaveAttribute('aria-selected', 'true');
    await expect(card(page, /^Image Scene 03 /)).toBeInViewport();
  });
});

test.describe('a run of an earlier version', () => {
  test.use({ glabs: 'light' });

  test('says that it has no graph', async ({ controlRoom: page, dataDir }) => {
    await showGraph(page);
    const db = new Database(join(dataDir, 'flowdeck.db'));
    db.prepare('UPDATE runs SET graph = NULL').run();
    db.close();
    await page.reload();
    await expect(page.getByText('This run has no graph')).toBeVisible();
  });
});

type Drawn = { tabs: { name: string; graphData: Graph }[] };
type Graph = { nodes: Node[]; links: number[][] };
type Node = { id: number; inputs?: { link?: number | null }[]; outputs?: { links?: number[] | null }[] };

/** The sample with its tab once more, under another name and other ids. */
async function withSecondTab(folder: string): Promise<void> {
  await expect.poll(() => readFile(join(folder, `${NAME}.nbflow`), 'utf8').catch(() => '')).not.toBe('');
  const file = JSON.parse(await readFile(join(folder, `${NAME}.nbflow`), 'utf8')) as Drawn;
  const [first] = file.tabs;
  if (!first) throw new Error('the sample has no tab');
  const copy = structuredClone(first);
  copy.name = 'Account B';
  const other = 1000;
  for (const node of copy.graphData.nodes) {
    node.id += other;
    for (const input of node.inputs ?? []) if (typeof input.link === 'number') input.link += other;
    for (const output of node.outputs ?? []) output.links = output.links?.map((id) => id + other) ?? null;
  }
  for (const link of copy.graphData.links) {
    for (const i of [0, 1, 3]) link[i] = (link[i] ?? 0) + other;
  }
  await writeFile(join(folder, 'XYZT1-V0-1.nbflow'), JSON.stringify({ ...file, tabs: [first, copy] }));
}
