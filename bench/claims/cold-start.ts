import { spawn } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Browser, chromium } from '@playwright/test';
import { z } from 'zod';
import { findBrowser } from '../../scripts/setup/browser.mjs';
import { type Claim, figure } from '../claim.ts';
import { root } from '../processes.ts';

const ways = [
  { name: 'built (out/main)', program: 'out/main/cli.js' },
  { name: 'from the sources, as npm start does', program: 'src/main/cli/main.ts' },
];

const Serving = z.object({ url: z.url() });

interface Start {
  /** Milliseconds from the start of the process. */
  servingMs: number;
  usefulMs: number;
}

/** Starts the browser face on a new data folder and opens its address in a page that is there already. */
async function startOnce(scratch: string, browser: Browser, program: string): Promise<Start> {
  const dataDir = await mkdtemp(join(scratch, 'start-'));
  // Nobody listens there: a G-Labs that happens to run on this machine must not be met.
  await writeFile(join(dataDir, 'settings.json'), JSON.stringify({ 'glabs.url': 'http://127.0.0.1:9' }));
  const context = await browser.newContext();
  const page = await context.newPage();
  const began = performance.now();
  const args = [join(root, program), 'serve', '--port', '0', '--no-open', '--json', '--data-dir', dataDir];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const gone = new Promise<void>((done) => child.once('exit', () => done()));
  try {
    const lines = createInterface({ input: child.stdout });
    const line = await Promise.race([new Promise<string>((done) => lines.once('line', done)), gone]);
    if (line === undefined) throw new Error(`${program} ended before it served.`);
    const servingMs = performance.now() - began;
    const { url } = Serving.parse(JSON.parse(line));
    await page.goto(url, { waitUntil: 'commit' });
    // The service's state came over the wire: the page is of use.
    await page.getByRole('main').getByText('stopped', { exact: true }).first().waitFor();
    return { servingMs, usefulMs: performance.now() - began };
  } finally {
    child.kill('SIGTERM');
    await gone;
    await context.close();
  }
}

/** From nothing to a control room that shows how G-Labs stands. */
export const coldStartClaim: Claim = {
  name: 'cold-start',
  async measure({ runs, scratch, say }) {
    const executablePath = findBrowser();
    if (executablePath === null)
      throw new Error('There is no Chromium here. Run npm run bench, which finds one.');
    const launched = performance.now();
    const browser = await chromium.launch({
      executablePath,
      args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-gpu', '--disable-quic'],
    });
    const browserMs = performance.now() - launched;
    try {
      const figures = [];
      for (const { name, program } of ways) {
        const starts: Start[] = [];
        for (let run = 1; run <= runs; run++) {
          say(`${name}, run ${run} of ${runs}`);
          starts.push(await startOnce(scratch, browser, program));
        }
        figures.push(
          figure(
            `${name}: page shows G-Labs' state`,
            'ms',
            starts.map(({ usefulMs }) => usefulMs),
            1500,
          ),
          figure(
            `${name}: of it until it serves`,
            'ms',
            starts.map(({ servingMs }) => servingMs),
          ),
        );
      }
      return {
        name: 'cold-start',
        title: 'Cold start of the browser face',
        how: `\`flowdeck serve\` on an empty data folder (sample project copied), from the start of the process until the control room shows the state of G-Labs. The browser was running with an empty page; starting it took ${Math.round(browserMs)} ms more.`,
        figures,
        tables: [],
        notes: [],
      };
    } finally {
      await browser.close();
    }
  },
};
