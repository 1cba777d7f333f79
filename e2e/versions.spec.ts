import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures/flowdeck.ts';
import {
  details,
  inPalette,
  openWorkflow,
  runWorkflow,
  SAMPLE,
  startGLabs,
  state,
} from './fixtures/steps.ts';

const project = 'sample-project/projects/may/xyz-wellness';
const fileOf = (dataDir: string, name: string, folder = 'testing') =>
  join(dataDir, project, folder, `${name}.nbflow`);

const toast = (page: Page, text: string | RegExp) => page.getByRole('listitem').filter({ hasText: text });
const dialogOf = (page: Page, name: string | RegExp) => page.getByRole('dialog', { name });
/** The quiet card that says a version is due. */
const suggestion = (page: Page, name: string) =>
  details(page, name)
    .getByRole('status')
    .filter({ hasText: /since V\S+ ran/ });

/** A run of the pictures alone, over. */
async function finishedRun(page: Page): Promise<void> {
  await startGLabs(page);
  await runWorkflow(page, { mode: 'Images' });
  await expect(state(page)).toContainText('completed', { timeout: 40_000 });
}

/** Somebody edits a prompt of the second scene with another program. */
async function editPrompt(
  dataDir: string,
  name = SAMPLE,
  from = 'Half body vertical',
  to = 'Half body close',
) {
  const file = fileOf(dataDir, name);
  const text = await readFile(file, 'utf8');
  expect(text).toContain(from);
  await writeFile(file, text.replace(from, to));
}

/** The team keeps a registry of this workflow, with a mark of its own that has to stay. */
async function keepRegistry(dataDir: string): Promise<string> {
  const file = join(dataDir, 'sample-project/reference/version-registry.json');
  await mkdir(join(dataDir, 'sample-project/reference'), { recursive: true });
  const entry = { current_version: 'V0-1', status: 'testing', mark: 'ours', history: [] };
  await writeFile(file, JSON.stringify({ workflows: { 'xyz-wellness': { XYZG3: entry } } }, null, 2));
  return file;
}

const registered = async (file: string) =>
  JSON.parse(await readFile(file, 'utf8')).workflows['xyz-wellness'].XYZG3;

test.use({ glabs: 'tiny' });

test.describe('the next version', { tag: '@window' }, () => {
  test('is suggested for an edited prompt, made with its note, written into the books, and undone', async ({
    controlRoom: page,
    dataDir,
  }) => {
    test.slow();
    const registry = await keepRegistry(dataDir);
    await finishedRun(page);
    await openWorkflow(page, SAMPLE);
    await expect(details(page, SAMPLE).getByRole('button', { name: 'Next version…' })).toBeVisible();
    await expect(suggestion(page, SAMPLE)).toHaveCount(0);

    await editPrompt(dataDir);
    const edited = await readFile(fileOf(dataDir, SAMPLE), 'utf8');
    await expect(suggestion(page, SAMPLE)).toContainText(/A prompt changed in .* since V0-1 ran\./);
    await suggestion(page, SAMPLE).getByRole('button', { name: 'Make it V0-2…' }).click();
    const dialog = dialogOf(page, `Next version of ${SAMPLE}`);
    await expect(dialog).toContainText('XYZG3-V0-1.nbflow moves to backups/ under its own name.');
    await expect(dialog.getByRole('textbox', { name: 'Note' })).toHaveValue(/^A prompt changed in /);
    await dialog.getByRole('textbox', { name: 'Note' }).fill('Scene 2 comes closer');
    await dialog.getByRole('button', { name: 'Make V0-2' }).click();

    await expect(dialog).toHaveCount(0);
    await expect(toast(page, 'XYZG3-V0-2 made.')).toBeVisible();
    await expect(page.getByRole('main')).toBeFocused();
    await expect(details(page, 'XYZG3-V0-2')).toBeVisible();
    await expect(suggestion(page, 'XYZG3-V0-2')).toHaveCount(0);
    expect(await readFile(fileOf(dataDir, SAMPLE, 'backups'), 'utf8')).toBe(edited);
    expect(await readFile(fileOf(dataDir, 'XYZG3-V0-2'), 'utf8')).toBe(
      edited.replace('"XYZG3-V0-1"', '"XYZG3-V0-2"'),
    );
    expect(await registered(registry)).toMatchObject({
      current_version: 'V0-2',
      status: 'testing',
      mark: 'ours',
      history: [{ version: 'V0-2', notes: expect.stringContaining('Scene 2 comes closer') }],
    });
    const tracker = join(dataDir, 'sample-project/tracker/Version History.csv');
    expect(await readFile(tracker, 'utf8')).toContain('Scene 2 comes closer');

    await toast(page, 'XYZG3-V0-2 made.').getByRole('button', { name: 'Undo' }).click();
    await expect(toast(page, 'XYZG3-V0-1 is back.')).toBeVisible();
    await expect(details(page, SAMPLE)).toBeVisible();
    expect(await readFile(fileOf(dataDir, SAMPLE), 'utf8')).toBe(edited);
    const live = (await readdir(join(dataDir, project, 'testing'))).filter((each) =>
      each.startsWith('XYZG3'),
    );
    expect(live).toEqual(['XYZG3-V0-1.nbflow']);
    expect((await registered(registry)).current_version).toBe('V0-1');
  });

  test('is not suggested again for a state it was closed at, but for the next one', async ({
    controlRoom: page,
    dataDir,
  }) => {
    await finishedRun(page);
    await editPrompt(dataDir);
    await openWorkflow(page, SAMPLE);
    await suggestion(page, SAMPLE).getByRole('button', { name: 'Not for this change' }).click();
    await expect(suggestion(page, SAMPLE)).toHaveCount(0);
    await openWorkflow(page, 'XYZS1');
    await openWorkflow(page, SAMPLE);
    await expect(details(page, SAMPLE).getByRole('button', { name: 'Next version…' })).toBeVisible();
    await expect(suggestion(page, SAMPLE)).toHaveCount(0);
    await editPrompt(dataDir, SAMPLE, 'Half body close', 'Half body wide');
    await expect(suggestion(page, SAMPLE)).toBeVisible();
  });

  test('is offered by the message of a wipe, by keyboard too, and a taken name is told', async ({
    controlRoom: page,
    dataDir,
  }) => {
    await finishedRun(page);
    await openWorkflow(page, SAMPLE);
    await inPalette(page, `Wipe the cache of ${SAMPLE}…`);
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Wipe \d/ })
      .press('Enter');
    const message = toast(page, /^Wiped/);
    await expect(message.getByRole('button', { name: 'Undo' })).toBeVisible();
    await message.getByRole('button', { name: 'Make it V0-2…' }).press('Enter');
    const dialog = dialogOf(page, `Next version of ${SAMPLE}`);
    await expect(dialog.getByRole('textbox', { name: 'Note' })).toHaveValue('The cache was wiped');

    // Somebody else has made that version meanwhile.
    await writeFile(fileOf(dataDir, 'XYZG3-V0-2'), await readFile(fileOf(dataDir, SAMPLE)));
    await dialog.getByRole('button', { name: 'Make V0-2' }).press('Enter');
    await expect(dialog.getByRole('alert')).toContainText('V0-2');
    await expect(dialog.getByRole('textbox', { name: 'Note' })).toHaveValue('The cache was wiped');
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    expect(await readdir(join(dataDir, project, 'testing'))).toContain('XYZG3-V0-1.nbflow');
  });
});

test('approval is a decision of a person, who reads the bar first; the file goes to approved/', async ({
  controlRoom: page,
  dataDir,
}) => {
  const before = await readFile(fileOf(dataDir, SAMPLE), 'utf8');
  await openWorkflow(page, SAMPLE);
  await details(page, SAMPLE).getByRole('button', { name: 'Approve…' }).click();
  const dialog = dialogOf(page, `Approve ${SAMPLE}`);
  await expect(dialog).toContainText('3 of 4 candidates are usable in every scene.');
  await expect(dialog).toContainText('None of this is checked here.');
  await expect(dialog.getByRole('checkbox')).toHaveCount(0);
  await dialog.getByRole('textbox', { name: 'Note' }).fill('Shipped on all accounts');
  await dialog.getByRole('button', { name: 'Approve as V1' }).click();
  await expect(toast(page, 'XYZG3-V1 made.')).toBeVisible();
  await expect(details(page, 'XYZG3-V1')).toBeVisible();
  expect(await readFile(fileOf(dataDir, 'XYZG3-V1', 'approved'), 'utf8')).toBe(
    before.replace('"XYZG3-V0-1"', '"XYZG3-V1"'),
  );
  expect(await readFile(fileOf(dataDir, SAMPLE, 'backups'), 'utf8')).toBe(before);
  // What is approved cannot be approved again; its next version is a variant.
  await expect(details(page, 'XYZG3-V1').getByRole('button', { name: 'Approve…' })).toHaveCount(0);
  await details(page, 'XYZG3-V1').getByRole('button', { name: 'Next version…' }).click();
  await expect(
    dialogOf(page, 'Next version of XYZG3-V1').getByRole('button', { name: 'Make V1-1' }),
  ).toBeEnabled();
});

test('a name that follows no scheme has no next version, and the dialog says how to name it', async ({
  controlRoom: page,
  dataDir,
}) => {
  await writeFile(fileOf(dataDir, 'my-test'), await readFile(fileOf(dataDir, SAMPLE)));
  await openWorkflow(page, 'my-test');
  await details(page, 'my-test').getByRole('button', { name: 'Next version…' }).click();
  const dialog = dialogOf(page, 'Next version of my-test');
  await expect(dialog).toContainText('my-test names no version that another could follow.');
  await expect(dialog.getByRole('button', { name: 'Make' })).toBeDisabled();
});

/** The comparison of what a run began with and what it wrote. */
async function comparedRun(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Compare input and output…' }).click();
  const comparison = page.getByRole('region', { name: 'Comparison' });
  await expect(comparison.getByRole('status')).toContainText(/nodes changed/);
  return comparison;
}

/** Chooses an entry of the open history by words of it, and compares it with the file as it is now. */
async function compareWithNow(page: Page, entry: string | RegExp): Promise<Locator> {
  await page.getByRole('option').filter({ hasText: entry }).click();
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await page.getByRole('menuitem', { name: 'With the file now' }).click();
  return page.getByRole('region', { name: 'Comparison' });
}

test.describe('a comparison', () => {
  test('of two versions shows word by word what became of a prompt, both ways round', async ({
    controlRoom: page,
    dataDir,
    context,
  }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await editPrompt(dataDir);
    await openWorkflow(page, SAMPLE);
    await details(page, SAMPLE).getByRole('button', { name: 'Next version…' }).click();
    await page.getByRole('button', { name: 'Make V0-2' }).click();
    await expect(details(page, 'XYZG3-V0-2')).toBeVisible();
    await editPrompt(dataDir, 'XYZG3-V0-2', 'Half body close framing', 'Whole body framing');
    await details(page, 'XYZG3-V0-2').getByRole('button', { name: 'History' }).click();
    const comparison = await compareWithNow(page, 'Version V0-1');
    await expect(comparison.getByRole('status')).toHaveText('1 node changed.');
    await expect(comparison).toContainText('Name of the file: XYZG3-V0-1 → XYZG3-V0-2.');
    await expect(comparison.locator('del')).toHaveText(['Half', 'close']);
    await expect(comparison.locator('ins')).toHaveText(['Whole']);
    await comparison.getByRole('button', { name: /^… \d+ words …$/ }).click();
    await expect(comparison.getByRole('button', { name: /words …$/ })).toHaveCount(0);

    await comparison.getByRole('button', { name: 'Copy the comparison as text' }).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain('[-Half-] {+Whole+} body [-close-] framing');

    await comparison.getByRole('button', { name: 'Swap the sides' }).click();
    await expect(comparison.locator('ins')).toHaveText(['Half', 'close']);
    await expect(comparison.locator('del')).toHaveText(['Whole']);
  });

  test('says when both sides are alike, when only their layout differs, and which of them cannot be read', async ({
    controlRoom: page,
    dataDir,
  }) => {
    const file = fileOf(dataDir, SAMPLE);
    const text = await readFile(file, 'utf8');
    const backups = join(dataDir, project, 'backups');
    await mkdir(backups, { recursive: true });
    await writeFile(join(backups, `${SAMPLE}.nbflow.bak-2026-05-12-pre-fanout`), text);
    await openWorkflow(page, SAMPLE);
    await details(page, SAMPLE).getByRole('button', { name: 'History' }).click();
    const comparison = await compareWithNow(page, /fanout/);
    await expect(comparison).toContainText('Alike, byte for byte');
    const again = comparison.getByRole('button', { name: 'Compare again' });
    await writeFile(file, JSON.stringify(JSON.parse(text)));
    await again.click();
    await expect(comparison).toContainText('Only the layout differs');
    await writeFile(file, 'no workflow at all');
    await again.click();
    await expect(comparison.getByRole('alert')).toContainText(`${SAMPLE}.nbflow`);
    await writeFile(file, text);
    await again.click();
    await expect(comparison).toContainText('Alike, byte for byte');
  });

  test('of thousands of nodes builds those in sight, is stepped through by key, and says what is left out', async ({
    controlRoom: page,
    dataDir,
  }) => {
    const file = fileOf(dataDir, SAMPLE);
    const workflow = JSON.parse(await readFile(file, 'utf8'));
    const { nodes } = workflow.tabs[0].graphData;
    const pattern = nodes.find((node: { id: number }) => node.id === 12);
    const many = (word: string) =>
      Array.from({ length: 2300 }, (_, n) => ({
        ...pattern,
        id: 10_000 + n,
        title: `Many ${n}`,
        inputs: [],
        outputs: [],
        properties: { ...pattern.properties, dynamicRows: [`A ${word} jar number ${n} on a table.`] },
      }));
    const write = (to: string, word: string) => {
      workflow.tabs[0].graphData.nodes = [...nodes, ...many(word)];
      return writeFile(to, JSON.stringify(workflow));
    };
    const backups = join(dataDir, project, 'backups');
    await mkdir(backups, { recursive: true });
    await write(join(backups, `${SAMPLE}.nbflow.bak-2026-05-12-pre-fanout`), 'red');
    await write(file, 'blue');
    await openWorkflow(page, SAMPLE);
    await details(page, SAMPLE).getByRole('button', { name: 'History' }).click();
    const comparison = await compareWithNow(page, /fanout|fan-out/i);
    await expect(comparison.getByRole('status')).toHaveText('2300 nodes changed.', { timeout: 30_000 });
    await expect(comparison).toContainText('The first 2000 nodes are listed; 300 more differ.');
    const list = comparison.getByRole('region', { name: 'What differs' });
    expect(await list.getByRole('article').count()).toBeLessThan(40);

    const step = (name: string) => comparison.getByRole('article', { name });
    await list.press('j');
    await expect(step('Many 0 (10000)')).toBeFocused();
    await page.keyboard.press('j');
    await expect(step('Many 1 (10001)')).toBeFocused();
    await page.keyboard.press('k');
    await expect(step('Many 0 (10000)')).toBeFocused();
    await list.press('End');
    await expect(step('Many 1999 (11999)')).toBeInViewport();
    expect(await list.getByRole('article').count()).toBeLessThan(40);
    await expect(step('Many 1999 (11999)').locator('ins')).toHaveText('blue');
  });

  test('of input and output of a run counts what was made, shows it, and leads to its nodes', async ({
    controlRoom: page,
  }) => {
    await finishedRun(page);
    const comparison = await comparedRun(page);
    await expect(comparison).toContainText('input of the run');
    await expect(comparison.getByRole('button', { name: /^Prompts 0/ })).toBeDisabled();
    await comparison.getByRole('button', { name: /^Cache/ }).click();
    const image = comparison.getByRole('article').filter({ hasText: 'image' }).first();
    await expect(image).toContainText('4 outputs are new.');
    await image.getByRole('button', { name: 'Show outputs' }).click();
    const picture = image.getByRole('img', { name: 'after' }).first();
    await expect
      .poll(() => picture.evaluate((each: HTMLImageElement) => each.naturalWidth))
      .toBeGreaterThan(0);
    await image.getByRole('button', { name: 'Show output 1 large, before and after' }).click();
    await expect(page.getByRole('dialog', { name: 'output 1' })).toContainText('before: none');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await expect(comparison).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Compare input and output…' })).toBeFocused();
    await page.keyboard.press('Enter');
    await image.getByRole('button', { name: 'Show in the run' }).click();
    await expect(comparison).toHaveCount(0);
    await expect(page.getByRole('complementary', { name: 'Selected node' })).toBeVisible();
  });
});

for (const colorScheme of ['dark', 'light'] as const) {
  test(`axe finds nothing in the ${colorScheme} theme: suggestion, dialogs, a comparison`, async ({
    controlRoom: page,
    dataDir,
    axe,
  }) => {
    test.slow();
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await finishedRun(page);
    const comparison = await comparedRun(page);
    await comparison.getByRole('button', { name: 'Show outputs' }).first().click();
    expect(await axe(), 'the comparison').toEqual([]);
    await page.keyboard.press('Escape');
    await editPrompt(dataDir);
    await openWorkflow(page, SAMPLE);
    await expect(suggestion(page, SAMPLE)).toBeVisible();
    expect(await axe(), 'the suggestion').toEqual([]);
    await details(page, SAMPLE).getByRole('button', { name: 'Next version…' }).click();
    await expect(page.getByRole('button', { name: 'Make V0-2' })).toBeEnabled();
    expect(await axe(), 'the next version').toEqual([]);
    await page.keyboard.press('Escape');
    await page.setViewportSize({ width: 1024, height: 700 });
    await details(page, SAMPLE).getByRole('button', { name: 'Approve…' }).click();
    await expect(page.getByRole('button', { name: 'Approve as V1' })).toBeEnabled();
    expect(await axe(), 'the approval').toEqual([]);
  });
}
