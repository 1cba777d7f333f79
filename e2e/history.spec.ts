import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import Database from 'better-sqlite3';
import { packContent } from '../src/main/db/backups.ts';
import { openDatabase } from '../src/main/db/database.ts';
import { test as base, expect } from './fixtures/flowdeck.ts';
import { root, serve } from './fixtures/serve.ts';
import { board, inPalette, openWorkflow, runWorkflow, SAMPLE, startGLabs, state } from './fixtures/steps.ts';

/** A workflow of five tabs and eight scenes, all of it made. */
const MADE = 'XYZG3-V0-3';

interface Projects {
  /** A project folder of the test's own, which is watched: one workflow with all of its output, and the sample. */
  projects: string;
  /** The workflow with its output. */
  file: string;
}

const test = base.extend<Projects>({
  projects: async ({ folder }, use) => {
    const projects = join(folder, 'projects');
    await mkdir(join(projects, 'may/testing'), { recursive: true });
    await mkdir(join(projects, 'june/testing'), { recursive: true });
    await copyFile(
      join(root, 'src/main/workflow/fixtures/valid', `${MADE}.nbflow`),
      join(projects, 'may/testing', `${MADE}.nbflow`),
    );
    // References that lie on this machine: a run needs no network.
    const sample = await readFile(join(root, 'src/main/workflow/fixtures/valid', `${SAMPLE}.nbflow`), 'utf8');
    const reference = join(root, 'src/main/workflow/fixtures/refs/avatar-a.png');
    await writeFile(
      join(projects, 'june/testing', `${SAMPLE}.nbflow`),
      sample.replaceAll(/https:\/\/pub-0000[^"]*\.jpg/g, reference),
    );
    await use(projects);
  },
  file: ({ projects }, use) => use(join(projects, 'may/testing', `${MADE}.nbflow`)),
  settings: ({ projects }, use) => use({ 'projects.roots': [projects] }),
});
test.use({ glabs: 'tiny' });

const entries = (page: Page): Locator => page.getByRole('listbox', { name: 'History' });
const entry = (page: Page, title: string | RegExp): Locator =>
  entries(page).getByRole('option').filter({ hasText: title });
const shown = (page: Page, title: string | RegExp): Locator =>
  page.getByRole('region', {
    name: new RegExp(`^Details of ${typeof title === 'string' ? title : title.source}`),
  });
const dialog = (page: Page): Locator => page.getByRole('dialog');
const button = (place: Locator | Page, name: string | RegExp): Locator => place.getByRole('button', { name });
const toast = (page: Page, text: string | RegExp) => page.getByRole('listitem').filter({ hasText: text });

/** From the details of a workflow. */
async function openHistory(page: Page, name = MADE): Promise<void> {
  await openWorkflow(page, name);
  await page
    .getByRole('region', { name: `Details of ${name}` })
    .getByRole('button', { name: 'History', exact: true })
    .click();
  await expect(page.getByRole('heading', { name: 'History', level: 1 })).toBeVisible();
}

async function backUp(page: Page, reason: string, note = ''): Promise<void> {
  await button(page, 'Back up now…').click();
  await dialog(page).getByLabel('Reason').fill(reason);
  await dialog(page).getByLabel('Note').fill(note);
  await button(dialog(page), 'Back up').click();
  await expect(dialog(page)).toHaveCount(0);
  await expect(entry(page, `Backup ${reason}`).first()).toBeVisible();
}

/** Writes another text into the first prompt of the file, as a person with another program would. */
async function editPrompt(file: string, text: string): Promise<string> {
  const before = await readFile(file, 'utf8');
  const workflow = JSON.parse(before);
  const [tab] = workflow.tabs;
  const prompt = tab.graphData.nodes.find(
    (node: { properties: { dynamicRows?: string[] } }) => node.properties.dynamicRows !== undefined,
  );
  prompt.properties.dynamicRows[0] = text;
  const after = JSON.stringify(workflow);
  await writeFile(file, after);
  return after;
}

test('what was there before a wipe is back with two clicks, byte for byte, and that is undone with one', {
  tag: '@window',
}, async ({ controlRoom: page, projects, axe }) => {
  test.slow();
  const file = join(projects, 'june/testing', `${SAMPLE}.nbflow`);
  await startGLabs(page);
  await runWorkflow(page);
  await expect(state(page)).toContainText('completed', { timeout: 60_000 });
  const made = await readFile(file);

  await openWorkflow(page, SAMPLE);
  await button(page, 'Wipe cache…').click();
  await button(dialog(page), /^Wipe \d+$/).click();
  await expect(toast(page, /^Wiped /)).toBeVisible();
  const wiped = await readFile(file);
  expect(wiped).not.toEqual(made);

  await page
    .getByRole('navigation', { name: 'Screens' })
    .getByRole('button', { name: /History/ })
    .click();
  await expect(shown(page, 'Backup before a wipe')).toBeVisible();
  await expect(entry(page, 'Run completed')).toBeVisible();
  await expect(entry(page, 'Backup before a run')).toBeVisible();
  expect(await axe()).toEqual([]);
  await button(shown(page, 'Backup before a wipe'), 'Restore…').click();
  await expect(dialog(page).getByRole('radio', { name: 'With its cache' })).toBeChecked();
  await expect(dialog(page)).toContainText(`First ${SAMPLE}.nbflow is backed up`);
  await expect(dialog(page)).toContainText('The output of 6 nodes comes with it');
  expect(await axe()).toEqual([]);
  await button(dialog(page), 'Restore').click();

  const done = toast(page, `${SAMPLE} is as in the backup before a wipe.`);
  await expect(done).toBeVisible();
  expect(await readFile(file)).toEqual(made);
  await expect(entry(page, 'Restore with its cache')).toBeVisible();
  await expect(entry(page, 'Backup before a restore')).toBeVisible();

  await button(done, 'Undo').click();
  await expect(toast(page, `${SAMPLE} is as it was before the restore.`)).toBeVisible();
  expect(await readFile(file)).toEqual(wiped);
  await expect(entry(page, 'Restore with its cache')).toHaveCount(2);
});

test('a restore long after can be undone from its own entry', async ({ controlRoom: page, file }) => {
  await openHistory(page);
  await backUp(page, 'client call');
  const before = await readFile(file);
  const edited = await editPrompt(file, 'A blue jar on a marble table.');
  await entry(page, 'Backup client call').click();
  await page.keyboard.press('r');
  await dialog(page).getByRole('radio', { name: 'With its cache' }).click();
  await button(dialog(page), 'Restore').click();
  await expect(dialog(page)).toHaveCount(0);
  expect(await readFile(file)).toEqual(before);

  await entry(page, 'Restore with its cache').click();
  const details = shown(page, 'Restore with its cache');
  await expect(details).toContainText('Put back');
  await expect(button(details, /^Backup client call, /)).toBeVisible();
  await button(details, 'Undo the restore').click();
  await expect(toast(page, `${MADE} is as it was before the restore.`)).toBeVisible();
  expect(await readFile(file, 'utf8')).toBe(edited);
});

test('where prompts differ, wiping is suggested with its reason, and clears the output that is put back', async ({
  controlRoom: page,
  file,
}) => {
  await openHistory(page);
  await backUp(page, 'client call');
  const before = JSON.parse(await readFile(file, 'utf8'));
  await editPrompt(file, 'A blue jar on a marble table.');
  await entry(page, 'Backup client call').click();
  await button(shown(page, 'Backup client call'), 'Restore…').click();
  await expect(dialog(page).getByRole('radio', { name: 'Cache wiped' })).toBeChecked();
  await expect(dialog(page)).toContainText('1 prompt differs; cached output may not match.');
  await expect(dialog(page)).toContainText('The output of 80 nodes is cleared');
  await button(dialog(page), 'Restore').click();
  await expect(entry(page, 'Restore cache wiped')).toBeVisible();
  const now = JSON.parse(await readFile(file, 'utf8'));
  const rows = (workflow: typeof now) =>
    workflow.tabs.flatMap((tab: { graphData: { nodes: { properties: { dynamicRows?: string[] } }[] } }) =>
      tab.graphData.nodes.map(({ properties }) => properties.dynamicRows),
    );
  expect(rows(now)).toEqual(rows(before));
  expect(JSON.stringify(before)).toContain('"_savedImages":["');
  expect(JSON.stringify(now)).not.toContain('"_savedImages":["');
});

test('a copy is written where nothing is, and the workflow stays as it is', async ({
  controlRoom: page,
  projects,
  file,
}) => {
  await openHistory(page);
  await backUp(page, 'client call');
  await editPrompt(file, 'A blue jar on a marble table.');
  const edited = await readFile(file);
  const writeCopy = async () => {
    await entry(page, 'Backup client call').click();
    await button(shown(page, 'Backup client call'), 'Restore…').click();
    await dialog(page).getByRole('radio', { name: 'As a copy' }).click();
  };
  await writeCopy();
  const copy = join(projects, 'may/testing', `${MADE}-restored.nbflow`);
  await expect(dialog(page).getByLabel('Path of the copy')).toHaveValue(copy);
  await expect(dialog(page)).toContainText(`${MADE}.nbflow stays as it is`);
  await button(dialog(page), 'Write the copy').click();
  await expect(toast(page, `Written as ${basename(copy)}`)).toBeVisible();
  expect(await readFile(file)).toEqual(edited);
  expect(JSON.parse(await readFile(copy, 'utf8')).tabs).toHaveLength(5);

  // Nothing is ever written over: the refusal stands in the dialog, with what to do.
  await writeCopy();
  await dialog(page).getByLabel('Path of the copy').fill(file);
  await button(dialog(page), 'Write the copy').click();
  await expect(dialog(page).getByRole('alert')).toBeVisible();
  expect(await readFile(file)).toEqual(edited);
});

test('a copy that somebody else made is listed, and adopted', async ({
  controlRoom: page,
  projects,
  file,
}) => {
  const backups = join(projects, 'may/backups');
  await mkdir(backups);
  const foreign = join(backups, `${MADE}.nbflow.bak-2026-05-12-pre-fanout`);
  await copyFile(file, foreign);
  await editPrompt(file, 'A blue jar on a marble table.');
  await openHistory(page);
  await entry(page, 'before fanout').click();
  const details = shown(page, 'Backup before fanout');
  await expect(details.getByText('not Flowdeck’s')).toBeVisible();
  await button(details, 'Adopt').click();
  await expect(toast(page, /^Adopted: Backup/)).toBeVisible();
  await expect(entry(page, 'not Flowdeck’s')).toHaveCount(0);
  await expect(button(page, 'Adopt')).toHaveCount(0);

  // From now on it outlives its file.
  const bytes = await readFile(foreign);
  await rm(backups, { recursive: true });
  await page.reload();
  await entry(page, 'only in the database').first().click();
  await button(page, 'Restore…').click();
  await dialog(page).getByRole('radio', { name: 'With its cache' }).click();
  await button(dialog(page), 'Restore').click();
  await expect(dialog(page)).toHaveCount(0);
  expect(await readFile(file)).toEqual(bytes);
});

test('pins and notes are written where they are read, found, and survive a reload', async ({
  controlRoom: page,
}) => {
  await openHistory(page);
  await backUp(page, 'client call', 'as sent');
  await backUp(page, 'second thoughts');
  await entry(page, 'Backup client call').click();
  const details = shown(page, 'Backup client call');
  await expect(details.getByLabel('Note')).toHaveValue('as sent');
  await details.getByLabel('Note').fill('the one the client likes');
  await button(details, /^Pin/).click();
  await expect(button(details, /^Pinned/)).toHaveAttribute('aria-pressed', 'true');
  await expect(entry(page, 'the one the client likes')).toContainText('pinned');

  // Who leaves the screen in the middle of a note has written it, too.
  await details.getByLabel('Note').fill('the one the client likes best');
  await page.keyboard.press('Control+2');
  await openHistory(page);
  await expect(entry(page, 'the one the client likes best')).toBeVisible();

  await page.reload();
  await expect(entry(page, 'the one the client likes best')).toContainText('pinned');
  await page.getByRole('searchbox').fill('CLIENT best');
  await expect(entries(page).getByRole('option')).toHaveCount(1);
  await page.getByRole('searchbox').fill('');
  await button(page, 'Pinned').first().click();
  await expect(entries(page).getByRole('option')).toHaveCount(1);
  await page.getByRole('radio', { name: 'Runs' }).click();
  await expect(page.getByText('No entry fits')).toBeVisible();
  await button(page, 'Show all').click();
  await expect(entry(page, 'Backup second thoughts')).toBeVisible();
});

test('a flipped bit is found by Verify and mended from the other place', async ({
  controlRoom: page,
  projects,
}) => {
  await openHistory(page);
  await backUp(page, 'client call');
  const folder = join(projects, 'may/backups');
  const [name = ''] = await readdir(folder);
  const sound = await readFile(join(folder, name));
  const flipped = Buffer.from(sound);
  flipped[1000] = (flipped[1000] ?? 0) ^ 4;
  await writeFile(join(folder, name), flipped);

  await button(page, 'Verify').click();
  const result = page.getByRole('region', { name: 'Verification' });
  await expect(result.getByRole('status')).toContainText('1 repaired from the other place');
  await button(result, 'Show').click();
  await expect(shown(page, 'Backup client call')).toBeVisible();
  expect(await readFile(join(folder, name))).toEqual(sound);
  await button(result, 'Close').click();
  await button(page, 'Verify').click();
  await expect(result.getByRole('status')).toContainText(/is sound|are sound/);
  await expect(shown(page, 'Backup client call')).toContainText('readable');
});

test('what is damaged in both places is marked, and never restored', async ({
  controlRoom: page,
  projects,
  dataDir,
  file,
}) => {
  await openHistory(page);
  await backUp(page, 'client call');
  const edited = await editPrompt(file, 'A blue jar on a marble table.');
  const folder = join(projects, 'may/backups');
  const [name = ''] = await readdir(folder);
  await writeFile(join(folder, name), 'not what it was');
  const db = new Database(join(dataDir, 'flowdeck.db'));
  db.exec("UPDATE blobs SET zstd = x'00', base = NULL");
  db.close();

  await button(page, 'Verify').click();
  const result = page.getByRole('region', { name: 'Verification' });
  await expect(result.getByRole('status')).toContainText('1 verified: 1 damaged.');
  await expect(entry(page, 'Backup client call')).toContainText('damaged');
  await entry(page, 'Backup client call').click();
  await button(shown(page, 'Backup client call'), 'Restore…').click();
  await expect(dialog(page).getByRole('alert')).toContainText('This cannot be restored.');
  await expect(button(dialog(page), 'Restore')).toBeDisabled();
  expect(await readFile(file, 'utf8')).toBe(edited);
});

test('a file that changed since the preview is not replaced before somebody looked again', async ({
  controlRoom: page,
  file,
}) => {
  await openHistory(page);
  await backUp(page, 'client call');
  const backedUp = await readFile(file);
  await editPrompt(file, 'A blue jar on a marble table.');
  await entry(page, 'Backup client call').click();
  await button(shown(page, 'Backup client call'), 'Restore…').click();
  await expect(dialog(page)).toContainText('1 prompt differs');
  await dialog(page).getByRole('radio', { name: 'With its cache' }).click();
  const meanwhile = await editPrompt(file, 'A green jar on a wooden table.');
  await button(dialog(page), 'Restore').click();
  await expect(dialog(page).getByRole('alert')).toBeVisible();
  expect(await readFile(file, 'utf8')).toBe(meanwhile);

  await button(dialog(page), 'Look again').click();
  await expect(dialog(page).getByRole('alert')).toHaveCount(0);
  await expect(dialog(page).getByRole('radio', { name: 'With its cache' })).toBeChecked();
  await button(dialog(page), 'Restore').click();
  await expect(dialog(page)).toHaveCount(0);
  expect(await readFile(file)).toEqual(backedUp);
});

test.describe('while a run has the file', () => {
  test.use({ glabs: 'light' });

  test('a restore is refused, and leads to the run', async ({ controlRoom: page, projects }) => {
    const file = join(projects, 'june/testing', `${SAMPLE}.nbflow`);
    await openHistory(page, SAMPLE);
    await backUp(page, 'client call');
    await editPrompt(file, 'A blue jar on a marble table.');
    await startGLabs(page);
    await runWorkflow(page, { gates: 'Hold' });
    await openHistory(page, SAMPLE);
    await entry(page, 'Backup client call').click();
    await button(shown(page, 'Backup client call'), 'Restore…').click();
    await button(dialog(page), 'Restore').click();
    await expect(dialog(page).getByRole('alert')).toBeVisible();
    await button(dialog(page), 'Show the run').click();
    await expect(board(page, SAMPLE)).toBeVisible();
    await expect(dialog(page)).toHaveCount(0);
    await button(page, /^Cancel/)
      .first()
      .click();
  });
});

test('all of it is done with the keyboard alone', async ({ controlRoom: page, file }) => {
  await openHistory(page);
  await backUp(page, 'first try');
  await editPrompt(file, 'A blue jar on a marble table.');
  await backUp(page, 'second try');
  await page.getByRole('searchbox').focus();
  await page.keyboard.press('ArrowDown');
  await expect(entries(page)).toBeFocused();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');

  // Space ticks two of them: what is different between them is shown, and Escape leads back.
  const options = entries(page).getByRole('option');
  const titles = await options.allTextContents();
  const place = (words: string) => titles.findIndex((title) => title.includes(words));
  const goTo = async (index: number) => {
    await page.keyboard.press('Home');
    for (let n = 0; n < index; n += 1) await page.keyboard.press('ArrowDown');
  };
  await goTo(place('second try'));
  await expect(shown(page, 'Backup second try')).toBeVisible();
  await page.keyboard.press('Space');
  await expect(page.getByText('Tick another entry to compare with: Backup second try')).toBeVisible();
  await goTo(place('first try'));
  await page.keyboard.press('Space');
  const compared = page.getByRole('region', { name: 'Two entries compared' });
  await expect(compared).toContainText('marble table.');
  await page.keyboard.press('Escape');
  await expect(compared).toHaveCount(0);
  await expect(entries(page)).toBeFocused();

  await page.keyboard.press('p');
  await expect(entry(page, 'first try')).toContainText('pinned');
  await page.keyboard.press('Enter');
  await expect(shown(page, 'Backup first try')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(entries(page)).toBeFocused();
  await page.keyboard.press('r');
  await expect(dialog(page)).toContainText('What will happen');
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
  await expect(entries(page)).toBeFocused();

  // Who asked with a key goes on with Enter.
  const before = await readFile(file, 'utf8');
  await page.keyboard.press('r');
  await expect(button(dialog(page), 'Restore')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toHaveCount(0);
  await expect(entries(page)).toBeFocused();
  expect(await readFile(file, 'utf8')).not.toBe(before);
});

test('each state is clean for axe in both themes', async ({ controlRoom: page, file, axe }) => {
  test.slow();
  await openHistory(page);
  await backUp(page, 'first try', 'a note');
  await editPrompt(file, 'A blue jar on a marble table.');
  await backUp(page, 'second try');
  for (const theme of ['Use light colours', 'Use dark colours']) {
    await inPalette(page, theme);
    await entry(page, 'first try').click();
    expect(await axe()).toEqual([]);
    await entry(page, 'second try').click({ modifiers: ['Control'] });
    await expect(page.getByRole('region', { name: 'Two entries compared' })).toContainText('blue jar');
    expect(await axe()).toEqual([]);
    await button(page, 'End the comparison').click();
    await button(page, 'Verify').click();
    await expect(page.getByRole('region', { name: 'Verification' }).getByRole('status')).toBeVisible();
    await entry(page, 'first try').click();
    await page.keyboard.press('r');
    await expect(dialog(page)).toContainText('What will happen');
    expect(await axe()).toEqual([]);
    await page.keyboard.press('Escape');
    await button(page, 'Back up now…').click();
    expect(await axe()).toEqual([]);
    await button(dialog(page), 'Cancel').click();
  }
});

test.describe('a history of 10,000 entries', () => {
  const COUNT = 10_000;

  test.use({
    served: async ({ dataDir, allSettings, file }, use) => {
      // The first start makes the database; then it is filled while nobody has it open.
      const first = await serve(dataDir, allSettings);
      await first.end();
      await fill(join(dataDir, 'flowdeck.db'), file);
      const served = await serve(dataDir, null);
      await use(served);
      expect(await served.end(), 'flowdeck serve ends with 0').toBe(0);
    },
  });

  /** Backups of a year, one content: what is measured is the list. */
  async function fill(database: string, file: string): Promise<void> {
    const db = openDatabase(database);
    try {
      const content = await packContent(Buffer.from('{"name":"before","tabs":[]}'));
      await db.commits.write(() => {
        for (let n = 1; n <= COUNT; n += 1) {
          db.backups.put(
            {
              id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
              workflow: file,
              path: null,
              reason: n === 1 ? 'the-very-first' : 'pre-run',
              origin: 'automatic',
              at: Date.UTC(2026, 0, 1) + n * 3_000_000,
            },
            content,
          );
        }
      });
    } finally {
      db.close();
    }
  }

  test('builds only what is in sight, and is searched and gone through to its end', async ({
    controlRoom: page,
  }) => {
    await openHistory(page);
    await expect(page.getByRole('status').filter({ hasText: /^10\d\d\d entries$/ })).toBeVisible();
    await entries(page).focus();
    await page.keyboard.press('End');
    await expect(entry(page, 'the very first')).toBeVisible();
    expect(await entries(page).getByRole('option').count()).toBeLessThan(60);
    await page.keyboard.press('Home');
    await expect(entry(page, 'the very first')).toHaveCount(0);
    await page.getByRole('searchbox').fill('very first');
    await expect(entries(page).getByRole('option')).toHaveCount(1);
    await entry(page, 'the very first').click();
    await expect(shown(page, 'Backup the very first')).toBeVisible();
  });
});
