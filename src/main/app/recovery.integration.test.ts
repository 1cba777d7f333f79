import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RunOptions } from '../../shared/domain.ts';
import type { Diagnosis, RecoveryPlan } from '../../shared/recovery.ts';
import { systemClock } from '../platform/clock.ts';
import { type Flowdeck, openFlowdeck } from './flowdeck.ts';
import { openRecovery } from './recovery.ts';
import type { Recovery, RecoveryParts, RecoveryWish } from './recovery-api.ts';
import { planOf } from './recovery-apply.ts';

/** Recoveries carried out by a real Flowdeck on a project that a run of another tool left. */

const fixtures = join(import.meta.dirname, '../workflow/fixtures');
/** Everything that is paid for here is a picture: clips are left for later. */
const options = { mode: 'images', pollMs: 10 } as const;

let simulator: { url: string; end: () => void };
let folder: string;
let file: string;
let flowdeck: Flowdeck;

beforeAll(async () => {
  const entry = join(import.meta.dirname, '../../simulator/main.ts');
  const program = spawn(process.execPath, [
    entry,
    ...['--port', '0', '--latency', '0', '--tiny', '--exit-with-parent'],
  ]);
  const [line] = await once(createInterface(program.stdout), 'line');
  const { url } = z.object({ url: z.string() }).parse(JSON.parse(String(line)));
  simulator = { url, end: () => program.kill() };
});
afterAll(() => simulator.end());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-recovery-'));
  await cp(join(fixtures, 'refs'), join(folder, 'project/refs'), { recursive: true });
  await cp(join(fixtures, 'crashed/mixed-urls'), join(folder, 'project'), { recursive: true });
  file = join(folder, 'project/testing/XYZG3-V0-2.nbflow');
  const backups = join(folder, 'project/backups');
  for (const path of [file, ...(await readdir(backups)).map((name) => join(backups, name))]) {
    const text = await readFile(path, 'utf8');
    await writeFile(
      path,
      text
        .replaceAll('https://pub-0000.r2.dev/avatar-sheets/a.jpg', '../refs/avatar-a.png')
        // Nobody answers there: what stands in the file counts as there.
        .replaceAll('https://pub-0000.r2.dev', 'http://127.0.0.1:9'),
    );
  }
  flowdeck = await open();
});
afterEach(async () => {
  await flowdeck.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(): Promise<Flowdeck> {
  const opened = await openFlowdeck({ face: 'test', env: {}, dataDir: join(folder, 'data') });
  await opened.settings.set('glabs.url', simulator.url);
  await opened.settings.set('tunnel.mode', 'none');
  return opened;
}

const reopen = async () => {
  await flowdeck.close();
  flowdeck = await open();
};

const submitted = async (): Promise<number> => {
  const answer = await (await fetch(`${simulator.url}/sim/state`)).json();
  return z.object({ submits: z.object({ made: z.number() }) }).parse(answer).submits.made;
};

const planned = ({ plan, alternatives }: Diagnosis, action: RecoveryPlan['action']): RecoveryWish => {
  const found = [plan, ...alternatives].find((each) => each.action === action);
  if (found === undefined) throw new Error(`no plan to ${action}`);
  return { action, nodes: found.nodes, backup: found.backup, asked: [] };
};

/** Carries a plan out to the end of its run. */
async function applied(recovery: Recovery, wish: RecoveryWish) {
  const { handle, backupId } = await recovery.apply(file, wish, { options });
  const ended = await handle?.finished;
  return { status: ended?.event.status ?? null, backupId };
}

describe('a plan that is carried out', () => {
  it('backs up first, and can be undone', async () => {
    const original = await readFile(file);
    const before = await submitted();
    const diagnosis = await flowdeck.recovery.diagnose(file, { options });
    const { status, backupId } = await applied(flowdeck.recovery, planned(diagnosis, 'restore'));
    expect([status, (await submitted()) - before]).toEqual(['completed', 32]);
    expect(await readFile(file)).not.toEqual(original);
    await flowdeck.editing.restore(file, backupId ?? '');
    expect(await readFile(file)).toEqual(original);
  }, 60_000);

  it('makes everything anew when a person wants that', async () => {
    const before = await submitted();
    const diagnosis = await flowdeck.recovery.diagnose(file, { options });
    const { status } = await applied(flowdeck.recovery, planned(diagnosis, 'rebuild'));
    expect([status, (await submitted()) - before]).toEqual(['completed', 32]);
  }, 60_000);

  it('is refused when it would cost more by now than when it was shown', async () => {
    const diagnosis = await flowdeck.recovery.diagnose(file, { options });
    expect(diagnosis.plan.generations).toBe(0);
    await flowdeck.editing.wipe(file, { nodes: [4] });
    const before = await readFile(file);
    const wish = planned(diagnosis, diagnosis.plan.action === 'none' ? 'rebuild' : diagnosis.plan.action);
    await expect(
      flowdeck.recovery.apply(file, { ...wish, action: 'resume' }, { options }),
    ).rejects.toMatchObject({
      failure: { code: 'usage', message: expect.stringContaining('4 candidates now, not 0') },
    });
    expect(await readFile(file)).toEqual(before);
    expect(await flowdeck.recovery.entries()).toEqual([]);
    // Having looked again, it is what they want.
    const again = await flowdeck.recovery.diagnose(file, { options });
    expect((await applied(flowdeck.recovery, planned(again, 'resume'))).status).toBe('completed');
  }, 60_000);

  it('puts back no other file than a backup of this workflow', async () => {
    const outside = join(folder, 'secret.nbflow');
    await writeFile(outside, await readFile(file));
    const wish: RecoveryWish = { action: 'restore', nodes: [], backup: outside, asked: [] };
    await expect(flowdeck.recovery.apply(file, wish, { options })).rejects.toMatchObject({
      failure: { code: 'usage' },
    });
  });
});

describe('a workflow that went on as the next version', () => {
  it('is not brought back to be paid for again: it is recovered as that version', async () => {
    await flowdeck.editing.wipe(file, { nodes: [4] });
    const run = await flowdeck.runner.start(file, { ...RunOptions.parse({}), ...options });
    run.cancel();
    await run.finished;
    expect(await flowdeck.recovery.entries()).toHaveLength(1);
    const { path } = await flowdeck.editing.bump(file);
    expect(await flowdeck.recovery.entries()).toEqual([]);
    await expect(flowdeck.recovery.diagnose(file)).rejects.toMatchObject({
      failure: { code: 'workflow-missing', where: path, cure: expect.stringContaining('XYZG3-V0-3') },
    });
    const next = await flowdeck.editing.bump(path);
    await expect(flowdeck.recovery.diagnose(file)).rejects.toMatchObject({ failure: { where: next.path } });
    expect((await flowdeck.recovery.diagnose(next.path, { options })).nodes).toHaveLength(16);
    // Nobody knows a version after it: what is gone without a trace comes back from its backup as ever.
    await rm(next.path);
    expect((await flowdeck.recovery.diagnose(file, { options })).verdict).toBe('source damaged');
  }, 60_000);
});

/** The process ends here: nothing after it is done, and nothing is tidied up. */
class Death extends Error {}
const dieAtOnce = (): never => {
  throw new Death('the process is gone');
};
const die = async (): Promise<never> => dieAtOnce();

describe('a process that dies while it carries a plan out', () => {
  const deaths: Record<string, (parts: RecoveryParts) => Partial<RecoveryParts>> = {
    'before the backup': ({ db }) => ({
      db: { ...db, backups: { ...db.backups, put: dieAtOnce } },
    }),
    'after the backup': ({ db }) => ({
      db: {
        ...db,
        recoveries: {
          ...db.recoveries,
          put: dieAtOnce,
        },
      },
    }),
    'before the file is changed': ({ editing }) => ({ editing: { ...editing, restore: die } }),
    'after the file was changed': ({ editing }) => ({
      editing: {
        ...editing,
        restore: async (...args) => {
          await editing.restore(...args);
          return die();
        },
      },
    }),
    'before the run': ({ runner }) => ({ runner: { ...runner, start: die } }),
  };

  it.each(Object.keys(deaths))(
    '%s loses nothing, and the next one pays for it once',
    async (when) => {
      const original = await readFile(file);
      const before = await submitted();
      const { db, settings, secrets, paths, runner, editing } = flowdeck;
      const parts = {
        db,
        settings,
        secrets,
        paths,
        runner,
        editing,
        clock: systemClock,
        services: () => null,
      };
      const dying = openRecovery({ ...parts, ...deaths[when]?.(parts) });
      const diagnosis = await dying.diagnose(file, { options });
      await expect(dying.apply(file, planned(diagnosis, 'restore'), { options })).rejects.toThrow();
      await reopen();

      // It can be read, and what it was is there.
      expect(JSON.parse(await readFile(file, 'utf8'))).toHaveProperty('tabs');
      const begun = await flowdeck.recovery.entries();
      const now = await flowdeck.recovery.diagnose(file, { options });
      const all = [now.plan, ...now.alternatives].map(({ action }) => action);
      const again = planned(now, all.includes('restore') ? 'restore' : 'resume');
      const generations = planOf(again, now)?.generations;
      const { status, backupId } = await applied(flowdeck.recovery, again);
      const made = (await submitted()) - before;
      expect(status).toBe('completed');
      expect(made).toBeLessThanOrEqual(Math.min(32, generations ?? 0));
      await flowdeck.editing.restore(file, backupId ?? '');
      expect(await readFile(file)).toEqual(original);
      if (begun.length > 0)
        expect(begun).toMatchObject([{ path: file, step: 'carry-out', action: 'restore' }]);
    },
    60_000,
  );
});

describe('the way through a recovery', () => {
  it('can be left and taken up again, in another process, until it is taken off', async () => {
    await flowdeck.recovery.keep(file, 'plan', 'resume');
    await reopen();
    const { state } = await flowdeck.recoveries();
    expect(state().entries).toMatchObject([{ path: file, runId: null, step: 'plan', action: 'resume' }]);
    await flowdeck.recovery.keep(file, 'have', null);
    expect(state().entries).toMatchObject([{ step: 'have', action: null }]);
    await flowdeck.recovery.dismiss(file);
    expect(state().entries).toEqual([]);
  });

  it('ends with the next version, a note in the registry and the tracker', async () => {
    await mkdir(join(folder, 'reference'));
    const registry = join(folder, 'reference/version-registry.json');
    await writeFile(
      registry,
      JSON.stringify({ workflows: { XYZG3: { current_version: 'V0-2', history: [] } } }, null, 2),
    );
    const diagnosis = await flowdeck.recovery.diagnose(file, { options });
    await applied(flowdeck.recovery, planned(diagnosis, 'restore'));
    const care = await flowdeck.recovery.afterCare(file);
    expect(care).toMatchObject({
      bump: { suggested: true, from: 'V0-2', to: 'V0-3' },
      note: expect.stringMatching(/^V0-2: .*backup restored.*full output now$/),
      registry,
    });
    const wish = { bump: true, note: care.note, registry: true, tracker: true };
    const done = await flowdeck.recovery.doAfterCare(file, wish);
    expect(done.problems).toEqual([]);
    expect(done.path).toBe(join(folder, 'project/testing/XYZG3-V0-3.nbflow'));
    expect(done.tracker).toHaveLength(3);
    expect(JSON.parse(await readFile(registry, 'utf8')).workflows.XYZG3).toMatchObject({
      current_version: 'V0-3',
      history: [{ version: 'V0-3', notes: care.note }],
    });
    expect(await flowdeck.recovery.entries()).toEqual([]);
  }, 60_000);

  it('tells what could not be done, and does the rest', async () => {
    await flowdeck.recovery.keep(file, 'after-care', 'resume');
    await writeFile(join(folder, 'project/testing/XYZG3-V0-3.nbflow'), 'somebody else has it');
    const wish = { bump: true, note: 'V0-2: checked', registry: false, tracker: true };
    const done = await flowdeck.recovery.doAfterCare(file, wish);
    expect(done.path).toBeNull();
    expect(done.problems).toEqual([expect.stringContaining('XYZG3-V0-3.nbflow')]);
    expect(done.tracker.length).toBeGreaterThan(0);
    // What was not bumped can be tried again.
    expect(await flowdeck.recovery.entries()).toMatchObject([{ step: 'after-care' }]);
  });
});
