import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Page } from '@playwright/test';
import { test as base, expect } from './fixtures/flowdeck.ts';
import { root, type Served, serve } from './fixtures/serve.ts';

const fixtures = join(root, 'src/main/workflow/fixtures');
const RUNNING = 'RUNA1-V0-1';
const NAMES = ['WAITA1-V0-1', 'WAITB1-V0-1', 'WAITC1-V0-1'] as const;
const [A, B, C] = NAMES;

interface Projects {
  /** A project folder of the test's own, with copies of a workflow that needs no network. */
  projects: string;
}

const test = base.extend<Projects>({
  projects: async ({ folder }, use) => {
    const projects = join(folder, 'projects');
    await mkdir(join(projects, 'testing'), { recursive: true });
    await cp(join(fixtures, 'refs'), join(projects, 'refs'), { recursive: true });
    const text = await readFile(join(fixtures, 'valid/XYZG3-V0-1.nbflow'), 'utf8');
    const local = text.replaceAll(/https:\/\/pub-0000[^"]*\.jpg/g, '../refs/avatar-a.png');
    for (const name of [RUNNING, ...NAMES])
      await writeFile(join(projects, 'testing', `${name}.nbflow`), local);
    await use(projects);
  },
  settings: ({ projects }, use) => use({ 'projects.roots': [projects] }),
});
test.use({ glabs: 'quick' });
// Each has a run that makes and encodes real pictures and clips.
test.describe.configure({ timeout: 150_000 });

const goTo = (page: Page, screen: string) =>
  page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: screen }).click();

async function startGlabs(page: Page): Promise<void> {
  const bar = page.getByRole('banner');
  await bar.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(bar).toContainText('ready');
}

/** Opens the dialog that starts a run of a workflow. */
async function runDialog(page: Page, name: string) {
  await goTo(page, 'Workflows');
  await page.getByRole('option').filter({ hasText: name }).click();
  await page
    .getByRole('region', { name: `Details of ${name}` })
    .getByRole('button', { name: /^Run…/ })
    .click();
  return page.getByRole('dialog');
}

/** A run that goes on until the test lets it. */
async function startPaused(page: Page): Promise<void> {
  const dialog = await runDialog(page, RUNNING);
  await dialog.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('main').getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('main').getByRole('button', { name: 'Resume' })).toBeVisible();
}

async function addToQueue(page: Page, name: string, place: number): Promise<void> {
  const dialog = await runDialog(page, name);
  await expect(dialog).toContainText(`This one waits at place ${place}.`);
  await dialog.getByRole('button', { name: 'Add to the queue' }).click();
  await expect(page.getByText(`${name} is in the queue, place ${place}.`)).toBeVisible();
}

const queue = (page: Page) => page.getByRole('region', { name: 'Queue', exact: true });
const lines = (page: Page) => queue(page).getByRole('table').getByRole('row').filter({ hasText: 'WAIT' });
const names = (page: Page) => lines(page).getByRole('button', { name: /^WAIT/ });
const line = (page: Page, name: string) => lines(page).filter({ hasText: name });

/** One that runs, three that wait. */
async function fill(page: Page): Promise<void> {
  await startPaused(page);
  for (const [at, name] of NAMES.entries()) await addToQueue(page, name, at + 1);
  await page
    .getByRole('banner')
    .getByRole('button', { name: /^Queue/ })
    .click();
  await expect(names(page)).toHaveText([...NAMES]);
}

test.describe('the queue', () => {
  test('is reordered, held and emptied by keyboard alone, and what was removed comes back to its place', async ({
    controlRoom: page,
  }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await startGlabs(page);
    await fill(page);
    await expect(page.getByRole('banner')).toContainText('3 queued');
    await expect(line(page, A)).toContainText(/waiting.*full.*12 images, 12 clips.*~\$\d/);

    const up = queue(page).getByRole('button', { name: `Move ${C} up` });
    await up.focus();
    await page.keyboard.press('Enter');
    await expect(names(page)).toHaveText([A, C, B]);
    await expect(up).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(names(page)).toHaveText([C, A, B]);
    await expect(up).toBeFocused();
    await expect(up).toHaveAttribute('aria-disabled', 'true');
    await page.keyboard.press('Enter');
    await expect(queue(page).getByRole('status')).toHaveText(`${C} is at place 1 of 3.`);
    await expect(names(page)).toHaveText([C, A, B]);

    await queue(page)
      .getByRole('button', { name: `Hold ${A}` })
      .focus();
    await page.keyboard.press('Enter');
    await expect(line(page, A)).toContainText('on hold');
    await queue(page)
      .getByRole('button', { name: `Remove ${A}` })
      .focus();
    await page.keyboard.press('Enter');
    await expect(names(page)).toHaveText([C, B]);
    await expect(queue(page).getByRole('button', { name: `Remove ${B}` })).toBeFocused();
    await page.getByRole('button', { name: 'Undo' }).press('Enter');
    await expect(names(page)).toHaveText([C, A, B]);
    await expect(line(page, A)).toContainText('on hold');
    await queue(page)
      .getByRole('button', { name: `Let ${A} go on` })
      .press('Enter');
    await expect(line(page, A)).toContainText('waiting');

    // The last one takes the list along, and can be had back all the same.
    for (const name of [A, B, C]) {
      await queue(page)
        .getByRole('button', { name: `Remove ${name}` })
        .press('Enter');
      await expect(line(page, name)).toHaveCount(0);
    }
    await expect(queue(page)).toContainText('Runs wait here for their turn.');
    await page
      .getByText(`${C} is out of the queue.`)
      .locator('..')
      .locator('..')
      .getByRole('button', { name: 'Undo' })
      .press('Enter');
    await expect(names(page)).toHaveText([C]);
  });

  test('runs one after the other, in its order, when what runs is over', async ({ controlRoom: page }) => {
    await startGlabs(page);
    await fill(page);
    await queue(page)
      .getByRole('button', { name: `Remove ${A}` })
      .click();
    await queue(page)
      .getByRole('button', { name: `Hold ${C}` })
      .click();
    await expect(line(page, C)).toContainText('on hold');
    await page
      .getByRole('table', { name: 'Runs, newest first' })
      .getByRole('button', { name: RUNNING })
      .click();
    await page.getByRole('main').getByRole('button', { name: 'Cancel' }).click();
    const bar = page.getByRole('banner');
    await expect(bar.getByRole('button', { name: /^Current run/ })).toContainText(B);
    await expect(bar.getByRole('button', { name: /^Queue/ })).toContainText('1 queued');
    await goTo(page, 'Runs');
    await page.getByRole('button', { name: 'All runs' }).click();
    await expect(names(page)).toHaveText([C]);
    await expect(page.getByRole('table', { name: 'Runs, newest first' }).getByRole('row')).toHaveCount(3);
  });

  test('does not take a file twice, and says where it is', async ({ controlRoom: page }) => {
    await startGlabs(page);
    await startPaused(page);
    await addToQueue(page, A, 1);
    const dialog = await runDialog(page, A);
    await expect(dialog).toContainText('It is in the queue already, place 1.');
    await expect(dialog.getByRole('button', { name: 'Add to the queue' })).toBeDisabled();
    await dialog.getByRole('button', { name: 'Show queue' }).click();
    await expect(names(page)).toHaveText([A]);
  });

  test('says why a run could not start, and starts it when that is mended', async ({
    controlRoom: page,
    projects,
  }) => {
    await startGlabs(page);
    await startPaused(page);
    await addToQueue(page, A, 1);
    const file = join(projects, 'testing', `${A}.nbflow`);
    const good = await readFile(file);
    await copyFile(join(fixtures, 'broken/12-cycle.nbflow'), file);
    await page
      .getByRole('banner')
      .getByRole('button', { name: /^Current run/ })
      .click();
    await page.getByRole('main').getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByRole('banner')).toContainText('1 queued, 1 failed');
    await page
      .getByRole('banner')
      .getByRole('button', { name: /^Queue/ })
      .click();
    const card = queue(page).getByRole('alert');
    await expect(card).toContainText(`${A} could not start.`);
    await expect(card).toContainText('in a circle');
    await writeFile(file, good);
    await card.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByRole('banner').getByRole('button', { name: /^Current run/ })).toContainText(A);
  });

  for (const colorScheme of ['dark', 'light'] as const) {
    test(`holds nothing against accessibility in the ${colorScheme} theme, large and small`, async ({
      controlRoom: page,
      axe,
    }, testInfo) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await startGlabs(page);
      await fill(page);
      await queue(page)
        .getByRole('button', { name: `Hold ${B}` })
        .click();
      await queue(page).getByRole('button', { name: 'Pause queue' }).click();
      await expect(queue(page)).toContainText('The queue is paused');
      for (const viewport of [
        { width: 1440, height: 900 },
        { width: 1024, height: 700 },
      ]) {
        await page.setViewportSize(viewport);
        expect(await axe(), `at ${viewport.width}`).toEqual([]);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(overflow).toBeLessThanOrEqual(0);
        await testInfo.attach(`queue at ${viewport.width}`, {
          body: await page.screenshot(),
          contentType: 'image/png',
        });
      }
    });
  }
});

/** Servers that are ended and started again on the same data folder. */
test.describe('the queue after a restart', () => {
  /** A G-Labs that no Flowdeck started, and so none takes along when it is killed. */
  let glabs: { url: string; end(): void };
  test.beforeEach(async () => {
    const program = spawn(process.execPath, [
      join(root, 'src/simulator/main.ts'),
      ...['--port', '0', '--latency', '100', '--seed', '7', '--exit-with-parent'],
    ]);
    const [ready] = await once(createInterface(program.stdout), 'line');
    glabs = { url: (JSON.parse(String(ready)) as { url: string }).url, end: () => program.kill() };
  });
  test.afterEach(() => glabs.end());

  const again = async (dataDir: string, projects: string, page: Page): Promise<Served> => {
    const served = await serve(dataDir, {
      ...{ 'glabs.url': glabs.url, 'tunnel.mode': 'none' },
      ...{ 'runner.pollMs': 50, 'projects.roots': [projects] },
    });
    await page.goto(served.url);
    await expect(page.getByRole('banner')).toContainText('ready');
    return served;
  };

  test('is as it was, and goes on', async ({ dataDir, projects, page }) => {
    const first = await again(dataDir, projects, page);
    await fill(page);
    await queue(page)
      .getByRole('button', { name: `Move ${C} up` })
      .click();
    for (const name of NAMES)
      await queue(page)
        .getByRole('button', { name: `Hold ${name}` })
        .click();
    await expect(lines(page).filter({ hasText: 'on hold' })).toHaveCount(3);
    expect(await first.end()).toBe(0);

    const second = await again(dataDir, projects, page);
    await goTo(page, 'Runs');
    await expect(names(page)).toHaveText([A, C, B]);
    await expect(queue(page).getByRole('region', { name: 'The queue is paused' })).toHaveCount(0);
    await queue(page)
      .getByRole('button', { name: `Let ${C} go on` })
      .click();
    await expect(page.getByRole('banner').getByRole('button', { name: /^Current run/ })).toContainText(C);
    expect(await second.end()).toBe(0);
  });

  test('stands still when Flowdeck was killed, says why, and goes on by one button', async ({
    dataDir,
    projects,
    page,
  }) => {
    const first = await again(dataDir, projects, page);
    await fill(page);
    process.kill(first.pid, 'SIGKILL');
    await first.end();

    const second = await again(dataDir, projects, page);
    const notice = page.getByRole('region', { name: 'The queue is paused' });
    await goTo(page, 'Control room');
    await expect(notice).toContainText(
      `Flowdeck ended unexpectedly while ${RUNNING} ran. Look at it, then go on.`,
    );
    await notice.getByRole('button', { name: 'Show queue' }).click();
    await expect(names(page)).toHaveText([...NAMES]);
    await notice.getByRole('button', { name: 'Go on' }).click();
    await expect(notice).toHaveCount(0);
    await expect(page.getByRole('banner').getByRole('button', { name: /^Current run/ })).toContainText(A);
    expect(await second.end()).toBe(0);
  });
});
