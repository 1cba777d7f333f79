import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, cp, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import { test as base, expect } from './fixtures/flowdeck.ts';
import { root } from './fixtures/serve.ts';

const fixtures = join(root, 'src/main/workflow/fixtures');

interface Projects {
  /** A project folder of the test's own with good, broken and unreadable workflows; it is the one that is watched. */
  projects: string;
  /** The window on the screen Workflows, once all files are known. */
  workflows: Page;
}

const test = base.extend<Projects>({
  projects: async ({ folder }, use) => {
    const projects = join(folder, 'projects');
    await mkdir(join(projects, 'may'), { recursive: true });
    await cp(join(fixtures, 'refs'), join(projects, 'refs'), { recursive: true });
    for (const name of ['XYZG3-V0-3', 'XYZS1-V1'])
      await copyFile(join(fixtures, 'valid', `${name}.nbflow`), join(projects, 'may', `${name}.nbflow`));
    // Its reference lies on this machine: a run needs no network.
    const text = await readFile(join(fixtures, 'valid/XYZG3-V0-1.nbflow'), 'utf8');
    const local = text.replaceAll(/https:\/\/pub-0000[^"]*\.jpg/g, '../refs/avatar-a.png');
    await writeFile(join(projects, 'may/XYZG3-V0-1.nbflow'), local);
    for (const name of ['broken/many', 'unreadable/zero-bytes'])
      await cp(join(fixtures, `${name}.nbflow`), join(projects, `${name}.nbflow`), { recursive: true });
    await use(projects);
  },
  settings: ({ projects }, use) => use({ 'projects.roots': [projects] }),
  workflows: async ({ controlRoom }, use) => {
    await controlRoom.getByRole('navigation', { name: 'Screens' }).getByText('Workflows').click();
    await expect(controlRoom.getByRole('status').filter({ hasText: /^\d+ in / })).toBeVisible();
    await use(controlRoom);
  },
});
test.use({ glabs: 'light' });

const option = (page: Page, name: string) => page.getByRole('option').filter({ hasText: name });
const details = (page: Page, name: string) => page.getByRole('region', { name: `Details of ${name}` });

test.describe('the list', () => {
  test('shows every file of the folder with its numbers', async ({ workflows }) => {
    await expect(workflows.getByRole('option')).toHaveCount(5);
    await expect(option(workflows, 'XYZG3-V0-1')).toContainText('V0-1 · 1 tab × 3 scenes');
    await expect(option(workflows, 'XYZG3-V0-1')).toContainText('6 missing');
    await expect(option(workflows, 'XYZG3-V0-3')).toContainText('5 tabs × 8 scenes');
    await expect(option(workflows, 'XYZG3-V0-3')).toContainText('80 cached');
    await expect(option(workflows, 'XYZS1-V1')).toContainText('4 cached · 2 stale · 6 missing');
    await expect(option(workflows, 'many')).toContainText('8 errors');
    await expect(workflows.getByRole('group', { name: 'may' }).getByRole('option')).toHaveCount(3);
  });

  test('finds by words, filters and sorts', async ({ workflows }) => {
    await workflows.getByRole('searchbox').fill('may v0-1');
    await expect(workflows.getByRole('option')).toHaveCount(1);
    await workflows.getByRole('searchbox').fill('no such thing');
    await workflows.getByRole('button', { name: 'Show all' }).click();
    await workflows.getByRole('combobox', { name: 'Show' }).click();
    await workflows.getByRole('option', { name: 'With findings' }).click();
    await expect(option(workflows, 'XYZG3')).toHaveCount(0);
    await expect(option(workflows, 'zero-bytes')).toBeVisible();
    await workflows.getByRole('combobox', { name: 'Order' }).click();
    await workflows.getByRole('option', { name: 'Worst findings' }).click();
    await expect(workflows.getByRole('option').first()).toContainText('zero-bytes');
  });

  test('is gone through with the keyboard, into the details and back', async ({ workflows }) => {
    await workflows.getByRole('searchbox').press('ArrowDown');
    await workflows.keyboard.press('End');
    await expect(option(workflows, 'zero-bytes')).toHaveAttribute('aria-selected', 'true');
    await workflows.keyboard.press('ArrowUp');
    await expect(option(workflows, 'XYZS1-V1')).toHaveAttribute('aria-selected', 'true');
    await workflows.keyboard.press('Enter');
    await expect(details(workflows, 'XYZS1-V1')).toBeFocused();
    await workflows.keyboard.press('Escape');
    await expect(workflows.getByRole('listbox')).toBeFocused();
    await workflows.keyboard.press('r');
    await expect(workflows.getByRole('dialog', { name: 'Run XYZS1-V1' })).toBeVisible();
    await workflows.keyboard.press('Escape');
    await expect(workflows.getByRole('listbox')).toBeFocused();
  });

  test('of 500 files builds only what is in sight', async ({ workflows, projects }) => {
    const source = join(fixtures, 'valid/minified.nbflow');
    await mkdir(join(projects, 'more'));
    for (let n = 1; n <= 495; n += 1) await copyFile(source, join(projects, 'more', `XYZM${n}-V0-1.nbflow`));
    await expect(workflows.getByRole('status').filter({ hasText: /^500 in / })).toBeVisible({
      timeout: 40_000,
    });
    await workflows.getByRole('listbox').press('End');
    await expect(option(workflows, 'zero-bytes')).toBeVisible();
    await workflows.keyboard.press('ArrowUp');
    await expect(option(workflows, 'XYZM495-V0-1')).toHaveAttribute('aria-selected', 'true');
    expect(await workflows.getByRole('option').count()).toBeLessThan(60);
  });
});

test('a file that cannot be read shows why, and what to do', async ({ workflows }) => {
  await expect(option(workflows, 'zero-bytes')).toContainText('zero-bytes.nbflow is empty.');
  await option(workflows, 'zero-bytes').click();
  await expect(details(workflows, 'zero-bytes').getByRole('alert')).toContainText(
    'zero-bytes.nbflow is empty.',
  );
  await expect(details(workflows, 'zero-bytes').getByRole('button', { name: /^Run/ })).toHaveCount(0);
});

test('findings of a broken file are told worst first, and Fix repairs what is safe after a backup', async ({
  workflows,
  projects,
}) => {
  const file = join(projects, 'broken/many.nbflow');
  const before = await readFile(file);
  await option(workflows, 'many').click();
  const panel = details(workflows, 'many');
  const findings = panel.getByRole('article');
  await expect(findings.first()).toContainText('error');
  await expect(findings.first()).toContainText('rule 10');
  await panel.getByRole('button', { name: /^Fix \d+$/ }).click();
  const result = panel.getByRole('status');
  await expect(result).toContainText(/Repaired \d+ findings/);
  const backup = (await result.textContent())?.match(/The file as it was: (.+)/)?.[1] ?? '';
  expect(await readFile(backup)).toEqual(before);
  expect(await readFile(file)).not.toEqual(before);
  await expect(panel.getByRole('button', { name: /^Fix/ })).toHaveCount(0);
  await expect(findings.filter({ hasText: 'rule 10' })).toHaveCount(0);
  await expect(option(workflows, 'many')).toContainText('2 errors');

  // The message can be taken back, and then nothing says any more that it was repaired.
  await workflows.getByRole('button', { name: 'Undo' }).click();
  await expect(workflows.getByText('many is as it was before the repair.')).toBeVisible();
  expect(await readFile(file)).toEqual(before);
  await expect(panel.getByRole('button', { name: /^Fix \d+$/ })).toBeVisible();
  await expect(result).toHaveCount(0);
});

test('the plan is the one of the command line, node by node', async ({ workflows, projects, dataDir }) => {
  const file = join(projects, 'may/XYZS1-V1.nbflow');
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(root, 'src/main/cli/main.ts'),
    'plan',
    file,
    '--json',
    '--data-dir',
    dataDir,
  ]);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const totals = lines.find((line) => line.type === 'plan.finished');
  expect(totals).toMatchObject({ nodes: 12 });

  await option(workflows, 'XYZS1-V1').click();
  const panel = details(workflows, 'XYZS1-V1');
  await panel.getByRole('tab', { name: /Plan/ }).click();
  await expect(panel).toContainText(`${totals.images} images and ${totals.videos} clips`);
  await expect(panel).toContainText(`~$${totals.costUSD.toFixed(2)}`);
  const nodes = lines.filter((line) => line.type === 'plan.node');
  expect(nodes).toHaveLength(12);
  for (const { title, nodeId, generations, kind } of nodes) {
    const row = panel.getByRole('listitem').filter({ hasText: `${title} ${nodeId}` });
    const noun = kind === 'image' ? 'image' : 'clip';
    await expect(row).toContainText(generations === 0 ? '–' : `${generations} ${noun}`);
  }
});

test.describe('the Run dialog', () => {
  test('tells why it cannot run, starts G-Labs, and starts the run', async ({ workflows, projects }) => {
    // It waits for a whole run, which draws every picture and clip for real.
    test.slow();
    await option(workflows, 'XYZG3-V0-1').click();
    await workflows.keyboard.press('r');
    const dialog = workflows.getByRole('dialog', { name: 'Run XYZG3-V0-1' });
    const run = dialog.getByRole('button', { name: 'Run', exact: true });
    await expect(dialog).toContainText('12 images and 12 clips');
    await expect(dialog.getByRole('status').filter({ hasText: 'G-Labs is not running.' })).toBeVisible();
    await expect(run).toBeDisabled();
    await dialog.getByRole('radio', { name: 'Images' }).click();
    await expect(dialog).toContainText('left for later: this run makes images only');
    await dialog.getByRole('radio', { name: 'Full' }).click();
    await dialog.getByRole('button', { name: 'Start G-Labs' }).click();
    await run.click();
    await expect(dialog).toHaveCount(0);
    await expect(workflows.getByRole('main')).toContainText('XYZG3-V0-1');
    await workflows.getByRole('navigation', { name: 'Screens' }).getByText('Workflows').click();
    await expect(option(workflows, 'XYZG3-V0-1')).toContainText('completed', { timeout: 120_000 });
    await expect(option(workflows, 'XYZG3-V0-1')).toContainText('6 cached');
    expect((await stat(join(projects, 'may/Generations'))).isDirectory()).toBe(true);

    // What is made is reused, and a clean run says what it would wipe.
    await workflows.keyboard.press('Escape');
    await details(workflows, 'XYZG3-V0-1').getByRole('button', { name: /^Run/ }).click();
    await expect(dialog).toContainText('Nothing to generate, 6 nodes reused.');
    await dialog.getByRole('radio', { name: 'Clean' }).click();
    await expect(dialog).toContainText('Wipes the output of 6 nodes (24 images and clips)');
    await expect(dialog).toContainText('The file is backed up first.');
  });

  test('does not run what the check found errors in, and leads to them', async ({ workflows }) => {
    await option(workflows, 'many').click();
    await details(workflows, 'many').getByRole('tab', { name: /Plan/ }).click();
    await workflows.keyboard.press('r');
    const dialog = workflows.getByRole('dialog', { name: 'Run many' });
    await expect(dialog.getByRole('button', { name: 'Run', exact: true })).toBeDisabled();
    await expect(dialog.getByRole('status').filter({ hasText: 'The check found 8 errors.' })).toBeVisible();
    await dialog.getByRole('button', { name: 'Show findings' }).click();
    await expect(details(workflows, 'many').getByRole('article').first()).toBeVisible();
  });

  test('shows a refusal in its place and keeps what was chosen', async ({ workflows }) => {
    const stranger = createServer((_, response) => response.end('<p>hello</p>'));
    stranger.listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const address = stranger.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    try {
      await option(workflows, 'XYZG3-V0-1').click();
      await workflows.keyboard.press('r');
      const dialog = workflows.getByRole('dialog', { name: 'Run XYZG3-V0-1' });
      await dialog.getByRole('radio', { name: 'Images' }).click();
      await dialog.getByRole('radio', { name: '5' }).click();
      await dialog.getByLabel('Server').fill(url);
      await dialog.getByRole('button', { name: 'Run', exact: true }).click();
      await expect(dialog.getByRole('alert')).toContainText(url);
      await expect(dialog.getByRole('radio', { name: 'Images' })).toBeChecked();
      await expect(dialog.getByRole('radio', { name: '5' })).toBeChecked();
      await expect(dialog.getByLabel('Server')).toHaveValue(url);
    } finally {
      stranger.close();
    }
  });
});

test('a folder is added by its path, and one that is not there is refused with the cure', async ({
  workflows,
  folder,
}) => {
  const more = join(folder, 'more');
  await mkdir(more);
  await copyFile(join(fixtures, 'valid/minified.nbflow'), join(more, 'minified.nbflow'));
  await workflows.getByRole('button', { name: 'Add a folder' }).first().click();
  const dialog = workflows.getByRole('dialog', { name: 'Folders' });
  await expect(dialog).toContainText('5 workflows');
  await dialog.getByLabel('Add a folder').fill(join(folder, 'nowhere'));
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog).toContainText('There is no such folder.');
  await dialog.getByLabel('Add a folder').fill(more);
  await dialog.getByLabel('Add a folder').press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(option(workflows, 'minified')).toBeVisible();
});

test('the palette runs, checks and plans the chosen workflow', async ({ workflows }) => {
  await option(workflows, 'XYZG3-V0-1').click();
  const act = async (name: string) => {
    await workflows.keyboard.press('Control+k');
    await workflows.getByRole('dialog').getByRole('option', { name }).click();
  };
  await act('Check XYZG3-V0-1');
  await expect(details(workflows, 'XYZG3-V0-1')).toContainText('The check found nothing.');
  await act('Plan of XYZG3-V0-1');
  await expect(details(workflows, 'XYZG3-V0-1')).toContainText('12 images and 12 clips');
  await act('Run XYZG3-V0-1');
  await expect(workflows.getByRole('dialog', { name: 'Run XYZG3-V0-1' })).toBeVisible();
});

for (const colorScheme of ['dark', 'light'] as const) {
  test(`axe finds nothing in the ${colorScheme} theme: list, plan, findings, dialogs`, async ({
    workflows,
    axe,
  }) => {
    await workflows.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect(await axe()).toEqual([]);
    await option(workflows, 'XYZS1-V1').click();
    await expect(details(workflows, 'XYZS1-V1').getByRole('listitem').first()).toBeVisible();
    expect(await axe()).toEqual([]);
    await option(workflows, 'many').click();
    await expect(details(workflows, 'many').getByRole('article').first()).toBeVisible();
    expect(await axe()).toEqual([]);
    await workflows.keyboard.press('r');
    await expect(workflows.getByRole('dialog')).toContainText('To generate');
    expect(await axe()).toEqual([]);
    await workflows.keyboard.press('Escape');
    await workflows.getByRole('button', { name: 'Add a folder' }).first().click();
    await expect(workflows.getByRole('dialog', { name: 'Folders' })).toBeVisible();
    expect(await axe()).toEqual([]);
  });
}
