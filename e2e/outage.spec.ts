import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures/flowdeck.ts';
import { runWorkflow, SAMPLE, startGLabs, state } from './fixtures/steps.ts';

/** Tells the simulated G-Labs something (docs/simulator.md). */
async function tell(dataDir: string, path: string, body: object): Promise<void> {
  const settings: Record<string, unknown> = JSON.parse(
    await readFile(join(dataDir, 'settings.json'), 'utf8'),
  );
  const answer = await fetch(new URL(path, String(settings['glabs.url'])), {
    method: 'POST',
    body: JSON.stringify(body),
  });
  expect(answer.ok, await answer.text()).toBe(true);
}

const overview = (page: Page) => page.getByRole('complementary', { name: 'This run' });

test.describe('an outage of G-Labs in mid-run', { tag: '@window' }, () => {
  test.use({ glabs: 'light' });

  test.slow();

  test('is told while it lasts, and stands in the record and on the timeline afterwards', async ({
    controlRoom: page,
    dataDir,
    axe,
  }) => {
    await startGLabs(page);
    // One task never ends, so that the run cannot be over before G-Labs is gone.
    await tell(dataDir, '/sim/faults', { rules: [{ fault: 'stuck', skip: 5, next: 1 }] });
    await runWorkflow(page, { mode: 'Images' });
    // Nobody answers, until the supervisor has had enough and starts it anew.
    await tell(dataDir, '/sim/restart', { downMs: 60_000 });
    const waiting = page.getByText('Waiting for G-Labs: it is being restarted');
    await expect(waiting).toBeVisible();
    await expect(page.getByText(/^\d+ s of at most 10 min$/)).toBeVisible();
    await expect(overview(page)).toContainText('G-Labs, still away');

    await expect(state(page)).toContainText('completed', { timeout: 50_000 });
    await expect(waiting).toHaveCount(0);
    await expect(overview(page)).toContainText(/G-Labs, back after \d+ s/);
    await page.getByRole('radio', { name: 'Timeline' }).click();
    const timeline = page.getByRole('grid', { name: `Timeline of ${SAMPLE}` });
    await expect(timeline.locator('[data-outage]')).toHaveCount(1);
    await expect(timeline.getByText(/G-Labs went away: back after \d+ s/)).toHaveCount(1);
    await expect(page.getByRole('list', { name: 'Legend' })).toContainText('waited for G-Labs');
    expect(await axe()).toEqual([]);
  });
});
