import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures/flowdeck.ts';
import { root } from './fixtures/serve.ts';
import {
  board,
  cell,
  details,
  SAMPLE as NAME,
  openWorkflow,
  panel,
  type RunChoice,
  runWorkflow,
  startGLabs,
  state,
} from './fixtures/steps.ts';

const project = 'sample-project/projects/may/xyz-wellness';
const words = 'Close up of a blue jar on a marble table, morning light.';

/** A run of the 3-scene sample, which the window then shows. */
async function startRun(page: Page, choice: RunChoice = { mode: 'Images' }): Promise<void> {
  await startGLabs(page);
  await runWorkflow(page, choice);
}

/** A run of the pictures alone, over: four of each scene. */
async function finishedRun(page: Page): Promise<void> {
  await startRun(page);
  await expect(state(page)).toContainText('completed', { timeout: 40_000 });
}

const toast = (page: Page, text: string | RegExp) => page.getByRole('listitem').filter({ hasText: text });

/** Each picture of the project by its name, as a hash. */
async function pictures(dataDir: string, version = 'v0-1'): Promise<Record<string, string>> {
  const folder = join(dataDir, project, 'Assets/XYZG3/generated-images', version);
  const names = (await readdir(folder)).filter((name) => /-c\d\.png$/.test(name)).sort();
  const hashes = names.map(async (name) => {
    const bytes = await readFile(join(folder, name));
    return [name, createHash('sha256').update(bytes).digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(hashes));
}

/** Names of the pictures that are not what they were. */
const changed = (before: Record<string, string>, after: Record<string, string>) =>
  Object.keys(after).filter((name) => after[name] !== before[name]);

/** Requests for a picture or clip that G-Labs has had so far. */
async function submitted(dataDir: string): Promise<number> {
  const answer = await fetch(`${await glabsUrl(dataDir)}/sim/state`);
  const { submits } = (await answer.json()) as { submits: { made: number } };
  return submits.made;
}

async function glabsUrl(dataDir: string): Promise<string> {
  const settings = JSON.parse(await readFile(join(dataDir, 'settings.json'), 'utf8'));
  return settings['glabs.url'];
}

test.use({ glabs: 'tiny' });

test.describe('a re-roll', { tag: '@window' }, () => {
  test('of a node says what it costs, and in a new run makes that alone: the other files stay byte for byte', async ({
    controlRoom: page,
    dataDir,
  }) => {
    await finishedRun(page);
    const before = await pictures(dataDir);
    expect(Object.keys(before)).toHaveLength(12);
    const sent = await submitted(dataDir);
    await cell(page, 'Image', 3).click();
    await expect(panel(page)).toContainText(/Makes 4 images, about \$\d+\.\d\d, anew\. All else stays/);
    await panel(page).getByRole('button', { name: 'Re-roll', exact: true }).click();
    await toast(page, 'Scene 3 image: made again in a new run.')
      .getByRole('button', { name: 'Show run' })
      .click();
    await expect(state(page)).toContainText('completed', { timeout: 40_000 });
    await expect(page.getByRole('main').getByText('4/4')).toBeVisible();
    expect(changed(before, await pictures(dataDir))).toEqual([1, 2, 3, 4].map((c) => `scene03-c${c}.png`));
    expect(await submitted(dataDir)).toBe(sent + 4);
  });

  test('of one candidate is a key in the large view, and leaves its neighbours alone', async ({
    controlRoom: page,
    dataDir,
  }) => {
    await finishedRun(page);
    const before = await pictures(dataDir);
    await cell(page, 'Image', 1).click();
    await panel(page).getByRole('button', { name: 'Show candidate 2 large' }).click();
    await expect(page.getByRole('dialog').getByRole('button', { name: /^Re-roll this one/ })).toBeVisible();
    await page.keyboard.press('r');
    await expect(toast(page, 'Candidate 2 of Scene 1 image: made again in a new run.')).toBeVisible();
    await toast(page, 'Candidate 2').getByRole('button', { name: 'Show run' }).click();
    await expect(state(page)).toContainText('completed', { timeout: 40_000 });
    await expect(page.getByRole('main').getByText('1/1')).toBeVisible();
    expect(changed(before, await pictures(dataDir))).toEqual(['scene01-c2.png']);
  });

  test('while the run goes on is done in this run, and its prompt is for later', async ({
    controlRoom: page,
    dataDir,
  }) => {
    await startRun(page, { gates: 'Hold' });
    await expect(page.getByRole('button', { name: 'Needs you 3' })).toBeVisible({ timeout: 40_000 });
    const sent = await submitted(dataDir);
    await cell(page, 'Image', 2).click();
    await expect(panel(page).getByRole('button', { name: /^Edit prompt/ })).toBeDisabled();
    await expect(panel(page)).toContainText('Prompts can be edited when the run has ended.');
    await panel(page).getByRole('button', { name: 'Re-roll candidate 4 alone' }).click();
    await expect(toast(page, 'Candidate 4 of Scene 2 image: made again in this run.')).toBeVisible();
    await expect.poll(() => submitted(dataDir)).toBe(sent + 1);
    await page.getByRole('button', { name: 'All runs' }).click();
    await expect(page.getByRole('row', { name: new RegExp(NAME) })).toHaveCount(1);
  });

  test('of what failed makes what is missing', async ({ controlRoom: page, dataDir }) => {
    const bar = page.getByRole('banner');
    await bar.getByRole('button', { name: 'Start', exact: true }).click();
    await expect(bar).toContainText('ready');
    const faults = `${await glabsUrl(dataDir)}/sim/faults`;
    const file = JSON.parse(await readFile(join(dataDir, project, 'testing', `${NAME}.nbflow`), 'utf8'));
    const rows = file.tabs[0].graphData.nodes.find((node: { id: number }) => node.id === 12);
    const prompt = String(rows.properties.dynamicRows[0]).slice(0, 60);
    const rule = { fault: 'task-400', kind: 'image', prompt };
    await fetch(faults, { method: 'POST', body: JSON.stringify({ rules: [rule] }) });
    await openWorkflow(page, NAME);
    await details(page, NAME).getByRole('button', { name: /^Run…/ }).click();
    await page.getByRole('dialog').getByRole('radio', { name: 'Images', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Run', exact: true }).click();
    await expect(state(page)).toContainText('finished with failures', { timeout: 40_000 });
    await fetch(faults, { method: 'DELETE' });

    await page.getByRole('button', { name: 'Select', exact: true }).click();
    await page.getByRole('menuitem', { name: 'All that failed (1)' }).click();
    await expect(page.getByRole('region', { name: 'Selected nodes' })).toContainText('1 node · 4 candidates');
    await page.getByRole('region', { name: 'Selected nodes' }).getByRole('button', { name: 'Clear' }).click();

    await cell(page, 'Image', 2).click();
    await expect(panel(page)).toContainText('Makes what is missing: 4 images');
    await panel(page).getByRole('button', { name: 'Try again' }).first().click();
    await toast(page, 'Scene 2 image').getByRole('button', { name: 'Show run' }).click();
    await expect(state(page)).toContainText('completed', { timeout: 40_000 });
    expect(Object.keys(await pictures(dataDir))).toHaveLength(12);
  });
});

test.describe('a selection on the board', { tag: '@window' }, () => {
  test('is made with mouse or keyboard, says what it costs, and is made again as one run', async ({
    controlRoom: page,
    dataDir,
  }) => {
    await finishedRun(page);
    const before = await pictures(dataDir);
    const bar = page.getByRole('region', { name: 'Selected nodes' });
    await cell(page, 'Image', 1).click({ modifiers: ['ControlOrMeta'] });
    await expect(panel(page)).toHaveCount(0);
    await expect(cell(page, 'Image', 1)).toHaveAttribute('aria-selected', 'true');
    await cell(page, 'Image', 1).press('ArrowDown');
    await page.keyboard.press(' ');
    await expect(bar).toContainText(/2 nodes · 8 candidates, about \$\d/);
    await expect(page.getByRole('status').filter({ hasText: '2 nodes selected: 8 candidates' })).toHaveCount(
      1,
    );
    await page.keyboard.press('Shift+ArrowDown');
    await expect(bar).toContainText('3 nodes');
    await page.keyboard.press('Shift+ArrowUp');
    await expect(bar).toContainText('2 nodes');
    await bar.getByRole('button', { name: 'Re-roll 2' }).click();
    await expect(bar).toHaveCount(0);
    await toast(page, '2 nodes: made again in a new run.').getByRole('button', { name: 'Show run' }).click();
    await expect(state(page)).toContainText('completed', { timeout: 40_000 });
    const names = changed(before, await pictures(dataDir));
    expect(names).toHaveLength(8);
    expect(names.filter((name) => name.startsWith('scene03'))).toEqual([]);
  });

  test('takes a scene by its number, and Escape clears it', async ({ controlRoom: page }) => {
    await finishedRun(page);
    const bar = page.getByRole('region', { name: 'Selected nodes' });
    await page.getByRole('rowheader', { name: 'Scene 2' }).click();
    await expect(bar).toContainText('2 nodes');
    // The clip was left for later, but its picture is there: it can be made.
    await expect(bar).toContainText('8 candidates');
    await page.keyboard.press('Escape');
    await expect(bar).toHaveCount(0);
  });
});

test.describe('an edited prompt', { tag: '@window' }, () => {
  test('is saved as the next version and made with, and the old file goes to backups/', async ({
    controlRoom: page,
    dataDir,
  }) => {
    await finishedRun(page);
    await cell(page, 'Image', 2).click();
    await panel(page)
      .getByRole('button', { name: /^Edit prompt/ })
      .click();
    const row = panel(page).getByRole('textbox', { name: /^Row 1/ });
    await expect(panel(page).getByRole('textbox', { name: /^Template/ })).toHaveValue('{scene}');
    const save = panel(page).getByRole('button', { name: 'Save as V0-2 and re-roll' });
    await expect(save).toBeDisabled();
    await row.fill(words);
    await panel(page).getByText('What changed').click();
    await expect(panel(page).locator('ins', { hasText: 'blue' }).first()).toBeVisible();
    await expect(panel(page)).toContainText('moves XYZG3-V0-1 to backups/');

    // What was typed is not lost by looking at another node.
    await row.press('Escape');
    await cell(page, 'Image', 1).click();
    await cell(page, 'Image', 2).click();
    await panel(page)
      .getByRole('button', { name: /^Go on editing/ })
      .click();
    await expect(row).toHaveValue(words);
    await row.press('ControlOrMeta+Enter');

    await expect(board(page, 'XYZG3-V0-2')).toBeVisible();
    await expect(state(page)).toContainText('completed', { timeout: 40_000 });
    await expect(cell(page, 'Prompt', 2)).toContainText('Close up of a blue jar');
    const testing = await readdir(join(dataDir, project, 'testing'));
    expect(testing.filter((name) => name.startsWith('XYZG3'))).toEqual(['XYZG3-V0-2.nbflow']);
    expect(await readdir(join(dataDir, project, 'backups'))).toContain('XYZG3-V0-1.nbflow');
    const text = await readFile(join(dataDir, project, 'testing/XYZG3-V0-2.nbflow'), 'utf8');
    expect(text).toContain(words);
    await expect(page.getByRole('main').getByText('4/4')).toBeVisible();
  });

  test('is typed in a dialog where there is no room beside the board', async ({ controlRoom: page }) => {
    await page.setViewportSize({ width: 1024, height: 700 });
    await finishedRun(page);
    await cell(page, 'Image', 2).click();
    await panel(page)
      .getByRole('button', { name: /^Edit prompt/ })
      .click();
    const dialog = page.getByRole('dialog', { name: /^Prompt of Scene 02/ });
    await expect(dialog.getByRole('textbox').first()).toBeFocused();
    await dialog.getByRole('textbox').first().fill('');
    await expect(dialog).toContainText('A prompt cannot be empty.');
    await expect(dialog.getByRole('button', { name: /and re-roll$/ })).toBeDisabled();
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    await expect(panel(page).getByRole('button', { name: /^Go on editing/ })).toBeFocused();
  });
});

test.describe('picks', { tag: '@window' }, () => {
  test('are gone through with N and a number; after the last one the run goes on', async ({
    controlRoom: page,
  }) => {
    await startRun(page, { gates: 'Hold' });
    await expect(page.getByRole('button', { name: 'Needs you 3' })).toBeVisible({ timeout: 40_000 });
    for (const [scene, pick] of [
      [1, '2'],
      [2, '1'],
      [3, '4'],
    ] as const) {
      await page.keyboard.press('n');
      await expect(cell(page, 'Gate', scene)).toBeFocused();
      await expect(panel(page)).toContainText(`Scene 0${scene}`);
      await page.keyboard.press(pick);
      await expect(cell(page, 'Gate', scene)).toContainText(`no. ${pick}`);
    }
    await expect(toast(page, 'That was the last open pick. The run goes on by itself.')).toBeVisible();
    await expect(page.getByRole('button', { name: /^Next pick/ })).toHaveCount(0);
    await expect(state(page)).toContainText('completed', { timeout: 40_000 });
  });
});

test('picks of a run that a terminal left at its gates are made here, and a new run goes on with them', async ({
  controlRoom: page,
  dataDir,
}) => {
  test.slow();
  const bar = page.getByRole('banner');
  await bar.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(bar).toContainText('ready');
  const file = join(dataDir, project, 'testing', `${NAME}.nbflow`);
  expect(await flowdeck('run', file, '--gates', 'hold', '--data-dir', dataDir)).toBe(8);
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: /Runs/ }).click();
  await page
    .getByRole('row', { name: new RegExp(NAME) })
    .getByRole('button', { name: NAME })
    .click();
  await expect(state(page)).toContainText('needs your picks');
  for (const scene of [1, 2, 3]) {
    await page.keyboard.press('n');
    await expect(panel(page)).toContainText(`Scene 0${scene}`);
    await page.keyboard.press('1');
    await expect(cell(page, 'Gate', scene)).toContainText('your pick');
  }
  await expect(page.getByRole('main')).toContainText(/It (goes on in a new|went on in a later) run\./);
  await page.getByRole('button', { name: 'Show it' }).click();
  await expect(state(page)).toContainText('completed', { timeout: 60_000 });
});

/** Exit code of a command. */
async function flowdeck(...args: string[]): Promise<number | null> {
  const child = spawn(process.execPath, [join(root, 'src/main/cli/main.ts'), ...args], { stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  return code;
}

test.describe('the cache', () => {
  /** A file with output, made elsewhere. */
  async function withFixture(dataDir: string, name: string, page: Page): Promise<string> {
    const file = join(dataDir, project, 'testing', `${name}.nbflow`);
    await copyFile(join(root, `src/main/workflow/fixtures/valid/${name}.nbflow`), file);
    await openWorkflow(page, name);
    return file;
  }

  const sureOf = async (dialog: Locator) =>
    expect(dialog).toContainText(/backups\/.*\.nbflow\.bak-\d{4}-\d\d-\d\d-pre-cache-wipe/);

  test('is wiped whole after a backup, with the real numbers, and comes back with Undo', async ({
    controlRoom: page,
    dataDir,
  }) => {
    const file = await withFixture(dataDir, 'XYZG3-V0-3', page);
    const before = await readFile(file);
    await details(page, 'XYZG3-V0-3').getByRole('button', { name: 'Wipe cache…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Wipe the cache of XYZG3-V0-3' });
    await sureOf(dialog);
    await expect(dialog).toContainText('40 image nodes and 40 video nodes. Making them again costs');
    await dialog.getByRole('button', { name: 'Wipe 80' }).click();
    const done = toast(page, 'Wiped 40 image nodes and 40 video nodes in 5 tabs.');
    await expect(done).toBeVisible();
    await expect(details(page, 'XYZG3-V0-3')).toContainText('80 missing');
    await done.getByRole('button', { name: 'Undo' }).click();
    await expect(toast(page, 'XYZG3-V0-3 is as it was before the wipe.')).toBeVisible();
    expect(await readFile(file)).toEqual(before);
    await expect(details(page, 'XYZG3-V0-3')).toContainText('80 cached');
  });

  test('of some scenes is wiped by itself', async ({ controlRoom: page, dataDir }) => {
    await withFixture(dataDir, 'XYZG3-V0-3', page);
    await details(page, 'XYZG3-V0-3').getByRole('button', { name: 'Wipe cache…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: 'Some scenes' }).click();
    await expect(dialog.getByRole('button', { name: 'Wipe nothing' })).toBeDisabled();
    await dialog.getByRole('checkbox', { name: /^Scene 3/ }).check();
    await dialog.getByRole('checkbox', { name: /^Scene 5/ }).check();
    await dialog.getByRole('button', { name: 'Wipe 20' }).click();
    await expect(toast(page, 'Wiped 10 image nodes and 10 video nodes in 5 tabs.')).toBeVisible();
    await expect(details(page, 'XYZG3-V0-3')).toContainText('20 missing');
  });

  test('of a node whose prompt was changed is accepted as it is, and the plan reuses it', async ({
    controlRoom: page,
    dataDir,
  }) => {
    await finishedRun(page);
    const file = join(dataDir, project, 'testing', `${NAME}.nbflow`);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('Half body vertical framing', 'Half body framing'));
    await openWorkflow(page, NAME);
    const plan = details(page, NAME);
    await plan.getByRole('tab', { name: /Plan/ }).click();
    const accept = plan.getByRole('button', { name: /^Accept Scene 02 .* as it is$/ });
    await expect(accept).toBeVisible();
    await expect(plan).toContainText('One node has output that no longer fits');
    await expect(plan).toContainText('its prompt has changed');
    await accept.click();
    await expect(toast(page, /Scene 02 .* is accepted as it is/)).toBeVisible();
    await expect(accept).toHaveCount(0);
    await expect(plan).toContainText('3 cached · 3 missing');
  });
});

for (const colorScheme of ['dark', 'light'] as const) {
  test(`axe finds nothing in the ${colorScheme} theme: re-rolls, a selection, the editor, the wipe`, async ({
    controlRoom: page,
    axe,
  }) => {
    test.slow();
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await finishedRun(page);
    await cell(page, 'Image', 1).click();
    await page.getByRole('button', { name: 'Select', exact: true }).click();
    await expect(page.getByRole('menu')).toBeVisible();
    expect(await axe(), 'the menu').toEqual([]);
    await page.getByRole('menuitem', { name: 'All of scene 1' }).click();
    await expect(page.getByRole('region', { name: 'Selected nodes' })).toBeVisible();
    expect(await axe(), 'a selection').toEqual([]);
    await panel(page).getByRole('button', { name: 'Show candidate 2 large' }).click();
    expect(await axe(), 'the large view').toEqual([]);
    await page.keyboard.press('Escape');
    await panel(page)
      .getByRole('button', { name: /^Edit prompt/ })
      .click();
    await panel(page).getByRole('textbox').last().fill(words);
    await panel(page).getByText('What changed').click();
    expect(await axe(), 'the editor').toEqual([]);
    await page.setViewportSize({ width: 1024, height: 700 });
    await expect(page.getByRole('dialog')).toBeVisible();
    expect(await axe(), 'the editor as a dialog').toEqual([]);
    await page.keyboard.press('Escape');
    await openWorkflow(page, NAME);
    await details(page, NAME).getByRole('button', { name: 'Wipe cache…' }).click();
    await page.getByRole('dialog').getByRole('radio', { name: 'Some scenes' }).click();
    expect(await axe(), 'the wipe').toEqual([]);
  });
}
