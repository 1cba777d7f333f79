import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Locator, Page } from '@playwright/test';
import { test as base, expect } from './fixtures/flowdeck.ts';
import { root } from './fixtures/serve.ts';
import { inPalette, SAMPLE, startGLabs } from './fixtures/steps.ts';

interface Projects {
  /** A project folder of the test's own: the sample, and what another tool left behind when it crashed. */
  projects: string;
}

const CRASHED = 'XYZG3-V0-2';

const test = base.extend<Projects>({
  projects: async ({ folder }, use) => {
    const projects = join(folder, 'projects');
    await cp(join(root, 'resources/sample-project/projects'), projects, { recursive: true });
    await cp(join(root, 'src/main/workflow/fixtures/crashed/local-only'), join(projects, 'crashed'), {
      recursive: true,
    });
    await use(projects);
  },
  settings: ({ projects }, use) => use({ 'projects.roots': [projects] }),
});

/** Asks the simulated G-Labs how many candidates it was ever asked for. */
async function submissions(settings: Record<string, unknown>): Promise<number> {
  const answer = await fetch(new URL('/sim/state', String(settings['glabs.url'])));
  const { submits }: { submits: { image: number; video: number } } = JSON.parse(await answer.text());
  return submits.image + submits.video;
}

/** Runs the sample in a process of its own, and kills that without warning once G-Labs has some of its requests. */
async function killedRun(projects: string, dataDir: string, settings: Record<string, unknown>) {
  const file = join(projects, 'may/xyz-wellness/testing', `${SAMPLE}.nbflow`);
  const run = spawn(
    process.execPath,
    [
      ...[join(root, 'src/main/cli/main.ts'), 'run', file, '--json', '--quiet', '--data-dir', dataDir],
      ...['--server', String(settings['glabs.url'])],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], cwd: root },
  );
  const gone = once(run, 'exit');
  let lines = 0;
  createInterface({ input: run.stdout }).on('line', () => {
    lines += 1;
    if (lines === 45) run.kill('SIGKILL');
  });
  await gone;
  expect(run.signalCode, 'it was killed in the middle').toBe('SIGKILL');
}

const wizard = (page: Page, name = SAMPLE): Locator =>
  page.getByRole('region', { name: `Recovery of ${name}` });
const step = (page: Page, name: string) =>
  page.getByRole('heading', { name: new RegExp(`^Step \\d of 5: ${name}$`) });
const button = (page: Page, name: string | RegExp) => wizard(page).getByRole('button', { name });

test.describe('a run whose process was killed', { tag: '@window' }, () => {
  test.use({ glabs: 'light' });
  test.describe.configure({ timeout: 150_000 });

  test('is announced, and taken up step by step without paying twice', async ({
    controlRoom: page,
    projects,
    dataDir,
    allSettings,
    axe,
  }) => {
    await startGLabs(page);
    await killedRun(projects, dataDir, allSettings);

    const announcement = page.getByText(new RegExp(`^${SAMPLE} was interrupted at \\d\\d:\\d\\d: `));
    await expect(announcement).toBeVisible();
    const bar = page.getByRole('banner');
    await expect(bar.getByRole('button', { name: 'Recover…' })).toBeVisible();
    const screens = page.getByRole('navigation', { name: 'Screens' });
    await expect(screens.getByRole('button', { name: /Recovery.*1 interrupted/ })).toBeVisible();
    expect(await axe()).toEqual([]);
    await page.getByRole('button', { name: 'Recover…' }).last().click();

    await expect(step(page, 'What happened')).toBeVisible();
    await expect(announcement).toHaveCount(0);
    await expect(wizard(page)).toContainText(/Flowdeck was killed/);
    expect(await axe()).toEqual([]);
    await button(page, 'Next: what we have').click();

    await expect(step(page, 'What we have')).toBeFocused();
    const grid = wizard(page).getByRole('table', { name: `What there is of ${SAMPLE}` });
    await expect(grid.getByRole('rowheader', { name: /image gen/ })).toHaveCount(3);
    await expect(grid).toContainText(/\d+\/24/);
    expect(await axe()).toEqual([]);
    await button(page, 'Next: the plan').click();

    // Left here, it is here again: after a reload, and in another window.
    await expect(step(page, 'Plan')).toBeVisible();
    await wizard(page).getByRole('radio', { name: 'Make everything anew' }).check();
    await expect(button(page, /^Rebuild: 12 images, 12 clips, about \$/)).toBeVisible();
    await page.reload();
    await expect(step(page, 'Plan')).toBeVisible();
    await expect(wizard(page).getByRole('radio', { name: 'Make everything anew' })).toBeChecked();
    await expect(page.getByText(`First ${SAMPLE}.nbflow is backed up.`, { exact: false })).toBeVisible();
    await wizard(page)
      .getByRole('radio', { name: /^Resume/ })
      .check();
    expect(await axe()).toEqual([]);
    await inPalette(page, 'Use light colours');
    expect(await axe()).toEqual([]);
    await button(page, /^Resume: /).click();

    await expect(step(page, 'Carry out')).toBeVisible();
    await expect(button(page, 'Next: after-care')).toBeVisible({ timeout: 60_000 });
    await expect(wizard(page)).toContainText('Recovered: ');
    await expect(wizard(page)).toContainText(/Taken without paying again: \d/);
    expect(await axe()).toEqual([]);
    expect(await submissions(allSettings), 'every candidate was paid for once').toBe(24);
    await button(page, 'Next: after-care').click();

    const note = wizard(page).getByRole('textbox', { name: 'Note for the history' });
    await expect(note).toHaveValue(/^V0-1: .*crashed.*recovered/);
    await note.fill('V0-1: killed by hand, recovered, full output now');
    // What was written stays when one looks elsewhere.
    await screens.getByRole('button', { name: 'Runs' }).click();
    await screens.getByRole('button', { name: /Recovery/ }).click();
    await expect(note).toHaveValue('V0-1: killed by hand, recovered, full output now');
    expect(await axe()).toEqual([]);
    await button(page, 'Finish').click();
    await expect(wizard(page)).toContainText('The tracker is up to date: ');
    expect(await axe()).toEqual([]);
    const history = join(projects, 'may/xyz-wellness/tracker/Version History.csv');
    expect(await readFile(history, 'utf8')).toContain('V0-1');
    await button(page, 'Done').click();
    await expect(page.getByText('No run was interrupted')).toBeVisible();
    expect(await axe()).toEqual([]);
  });

  test('is taken up and undone by keyboard alone', async ({
    controlRoom: page,
    projects,
    dataDir,
    allSettings,
  }) => {
    await startGLabs(page);
    const file = join(projects, 'may/xyz-wellness/testing', `${SAMPLE}.nbflow`);
    await killedRun(projects, dataDir, allSettings);
    await page.getByText(`${SAMPLE} was interrupted`, { exact: false }).waitFor();
    const interrupted = await readFile(file, 'utf8');
    await inPalette(page, `Recover ${SAMPLE}…`);

    await pressAt(page, button(page, 'Next: what we have'));
    await expect(step(page, 'What we have')).toBeFocused();
    await tabTo(page, wizard(page).getByRole('region', { name: `What there is of ${SAMPLE}` }));
    await page.keyboard.press('End');
    await pressAt(page, button(page, 'Next: the plan'));
    await tabTo(page, wizard(page).getByRole('radio', { name: /^Resume/ }));
    await page.keyboard.press('ArrowDown');
    await expect(button(page, /^Resume: /)).toHaveCount(0);
    await page.keyboard.press('ArrowUp');
    await pressAt(page, button(page, /^Resume: /));
    await expect(step(page, 'Carry out')).toBeFocused();
    await expect(button(page, 'Next: after-care')).toBeVisible({ timeout: 60_000 });
    expect(await readFile(file, 'utf8')).not.toBe(interrupted);

    await pressAt(page, button(page, 'Undo'));
    await expect(
      page.getByText(`${SAMPLE} is as it was before the recovery.`, { exact: false }),
    ).toBeVisible();
    await expect(step(page, 'Plan')).toBeFocused();
    expect(await readFile(file, 'utf8')).toBe(interrupted);
  });
});

test.describe('a workflow that another tool left half done', () => {
  test.use({ glabs: 'light' });
  test.slow();

  test('is diagnosed: its files are taken, and G-Labs is started first', async ({
    controlRoom: page,
    projects,
    allSettings,
    axe,
  }) => {
    await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: 'Recovery' }).click();
    await expect(page.getByText('No run was interrupted')).toBeVisible();
    await page.getByRole('main').getByRole('button', { name: 'Diagnose a workflow…' }).first().click();
    await page.getByRole('combobox', { name: 'Workflows' }).fill(CRASHED);
    await page.getByRole('option', { name: CRASHED }).click();

    const found = wizard(page, CRASHED);
    await expect(found.getByText('none that Flowdeck knows', { exact: false })).toBeVisible();
    await found.getByRole('button', { name: 'Next: what we have' }).click();
    await found.getByRole('button', { name: 'To be taken 1' }).click();
    const grid = found.getByRole('table');
    await expect(grid.getByRole('rowheader', { name: 'Scene 01 — image gen 4' })).toBeVisible();
    await expect(grid.getByRole('rowheader', { name: /Scene 02/ })).toHaveCount(0);
    await expect(found).toContainText('4 to be taken without generating, 60 to generate.');
    expect(await axe()).toEqual([]);

    await found.getByRole('button', { name: 'Next: the plan' }).click();
    await expect(found).toContainText('generates 28 images and 32 clips');
    await expect(found).toContainText('saves 4 candidates');
    await found.getByRole('button', { name: 'Start G-Labs first' }).click();
    await expect(found.getByRole('button', { name: /^Resume: 28 images, 32 clips, about \$/ })).toBeVisible();
    expect(await axe()).toEqual([]);

    // What was to be taken is gone meanwhile: what costs more than was decided on does not begin.
    await rm(join(projects, 'crashed/Assets'), { recursive: true });
    await found.getByRole('button', { name: /^Resume: / }).click();
    await expect(found.getByRole('alert')).toContainText('this would make 64 candidates now, not 60');
    expect(await axe()).toEqual([]);
    await found.getByRole('button', { name: 'Look again' }).click();
    await expect(found.getByRole('button', { name: /^Resume: 32 images, 32 clips, about \$/ })).toBeVisible();
    expect(await submissions(allSettings)).toBe(0);

    // Left at this step, it is there in another window, too.
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other
      .getByRole('navigation', { name: 'Screens' })
      .getByRole('button', { name: 'Recovery' })
      .click();
    const list = other.getByRole('navigation', { name: 'Recoveries' });
    await expect(list.getByRole('button', { name: CRASHED })).toContainText('Step 3 of 5: Plan');
    await expect(step(other, 'Plan')).toBeVisible();
  });
});

/** Goes on with Tab until it has the focus. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 60; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  await expect(target).toBeFocused();
}

async function pressAt(page: Page, target: Locator): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press('Enter');
}
