import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, cp, mkdir, mkdtemp, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isDefinedError, safe } from '@orpc/client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { dialPort, dialSocket, type PortLike } from '../../renderer/wire/channel.ts';
import { createConnection, type FlowdeckClient } from '../../renderer/wire/connection.ts';
import { applyRunsChange } from '../../shared/contract.ts';
import type { RunOptions } from '../../shared/domain.ts';
import { Failure } from '../../shared/failure.ts';
import { applyHistoryChange, type VerifyMessage } from '../../shared/history.ts';
import type { LiveMessage } from '../../shared/live.ts';
import { applyQueueChange } from '../../shared/queue.ts';
import { applyRecoveriesChange, type RecoveriesView } from '../../shared/recovery.ts';
import { applyRunChange, type RunView } from '../../shared/run-view.ts';
import { applyServicesChange } from '../../shared/services.ts';
import { PORT_WANTED } from '../../shared/wire.ts';
import { applyWorkflowsChange } from '../../shared/workflows.ts';
import * as electron from '../electron/electron-stand-in.ts';
import { serveWire } from '../electron/wire.ts';
import { type Served, serve } from '../host/serve.ts';
import { type Flowdeck, openFlowdeck } from './flowdeck.ts';

vi.mock('electron', () => import('../electron/electron-stand-in.ts'));

/** One suite over every way a face can reach the services (architecture.md, rule 5), on a real Flowdeck. */

const fixtures = join(import.meta.dirname, '../workflow/fixtures');
const options: RunOptions = { mode: 'full', gates: 'auto', qa: 'off', pollMs: 20 };
const ends: (() => void)[] = [];
let folder: string;
let flowdeck: Flowdeck;
let served: Served;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-parity-'));
  await mkdir(join(folder, 'projects'));
  await cp(join(fixtures, 'refs'), join(folder, 'refs'), { recursive: true });
  flowdeck = await openFlowdeck({ face: 'test', env: {}, dataDir: join(folder, 'data') });
  await flowdeck.settings.set('projects.roots', [join(folder, 'projects')]);
  await flowdeck.settings.set('glabs.url', await startSimulator());
  await flowdeck.settings.set('tunnel.mode', 'none');
  served = await serve({ flowdeck, port: 0 });
});

afterAll(async () => {
  await served.close();
  await flowdeck.close();
  for (const end of ends) end();
  await rm(folder, { recursive: true, force: true });
});

/** The sample with its reference on this machine: nothing is fetched from elsewhere. */
async function putRunnable(file: string): Promise<void> {
  const text = await readFile(join(fixtures, 'valid/XYZG3-V0-1.nbflow'), 'utf8');
  const reference = JSON.stringify(join(folder, 'refs/avatar-a.png'));
  await writeFile(file, text.replace(/("imageUrl": *)"https:[^"]*"/, `$1${reference}`));
}

/** The simulator, without its usual waits, as a G-Labs that was there before. Gives its address. */
async function startSimulator(): Promise<string> {
  const entry = join(import.meta.dirname, '../../simulator/main.ts');
  const program = spawn(process.execPath, [
    entry,
    '--port',
    '0',
    '--latency',
    '0',
    '--tiny',
    '--exit-with-parent',
  ]);
  ends.push(() => program.kill());
  const [line] = await once(createInterface(program.stdout), 'line');
  return (JSON.parse(String(line)) as { url: string }).url;
}

const transports: Record<string, () => Promise<FlowdeckClient>> = {
  'in-process': async () => (await flowdeck.client()) as FlowdeckClient,
  async WebSocket() {
    const shown = await fetch(served.url, { redirect: 'manual' });
    const cookie = shown.headers.get('set-cookie')?.split(';')[0] ?? '';
    const url = `${served.origin.replace('http', 'ws')}/wire`;
    // In a page a connection that is refused is told by `close`; here it would also be an exception.
    const open = () =>
      new WebSocket(url, { headers: { cookie, origin: served.origin } }).on('error', () => undefined);
    const connection = createConnection(dialSocket(open));
    ends.push(connection.close);
    return connection.client;
  },
  async MessagePort() {
    ends.push(serveWire(await flowdeck.wire()));
    const ask = async () => {
      const frame = new electron.StandInFrame('app://flowdeck/');
      electron.ipcMain.emit(PORT_WANTED, { senderFrame: frame });
      const port = frame.received[0]?.ports[0];
      if (!port) throw new Error('no port came');
      return port as unknown as PortLike;
    };
    const connection = createConnection(dialPort(ask));
    ends.push(connection.close);
    return connection.client;
  },
};

/** Folds a topic until `enough`, then leaves it. Every change must have the number after the message before. */
async function fold<S, C>(
  open: (signal: AbortSignal) => Promise<AsyncIterable<LiveMessage<S, C>>>,
  apply: (view: S, change: C) => S,
  enough: (view: S) => boolean,
): Promise<S> {
  const leaving = new AbortController();
  let view: S | null = null;
  let seq = -1;
  for await (const message of await open(leaving.signal)) {
    if (message.kind === 'snapshot') view = message.value;
    else {
      expect(message.seq).toBe(seq + 1);
      if (view === null) throw new Error('a change came before the snapshot');
      view = apply(view, message.change);
    }
    seq = message.seq;
    if (enough(view)) {
      leaving.abort();
      return view;
    }
  }
  throw new Error('the topic ended early');
}

/** The failure of a call that must be refused, after it came over the wire as a typed error. */
async function refusal(call: Promise<unknown>): Promise<Failure> {
  const { error } = await safe(call);
  if (!isDefinedError(error)) throw new Error(`not a typed error: ${String(error)}`);
  const failure = Failure.parse((error as { data: unknown }).data);
  expect((error as { code: string }).code).toBe(failure.code);
  expect(JSON.stringify(failure)).not.toMatch(/\bat .*\.ts:\d+/);
  return failure;
}

describe.each(Object.keys(transports))('over %s', (name) => {
  let client: FlowdeckClient;
  const file = (base: string) => join(folder, 'projects', name, `${base}.nbflow`);

  beforeAll(async () => {
    await mkdir(join(folder, 'projects', name), { recursive: true });
    client = await (transports[name]?.() ?? Promise.reject(new Error('no such transport')));
  });

  it('tells what this Flowdeck is', async () => {
    const info = await client.app.info();
    expect(info).toMatchObject({ dataDir: join(folder, 'data'), face: 'test', node: process.versions.node });
  });

  it('lists, sets and unsets settings, and refuses wrong ones with what is allowed', async () => {
    expect((await client.settings.list()).find(({ key }) => key === 'runner.concurrency')).toMatchObject({
      value: 3,
    });
    expect(await client.settings.set({ key: 'runner.concurrency', value: 5 })).toMatchObject({
      value: 5,
      changed: true,
    });
    expect(flowdeck.settings.get('runner.concurrency')).toBe(5);
    expect(await client.settings.unset({ key: 'runner.concurrency' })).toMatchObject({
      value: 3,
      changed: false,
    });
    expect(await refusal(client.settings.set({ key: 'runner.concurrency', value: 7 }))).toMatchObject({
      code: 'usage',
      where: 'runner.concurrency',
      cure: expect.stringContaining('5'),
    });
    expect((await refusal(client.settings.set({ key: 'runner.nothing', value: 1 }))).code).toBe('usage');
  });

  it('tries a store, and tells each step or why it cannot', async () => {
    expect(await client.settings.testStore({ name: 'local' })).toEqual({
      ok: true,
      steps: [
        { name: 'write', ok: true, message: expect.stringContaining('flowdeck-test/'), cure: null },
        { name: 'find', ok: true, message: expect.any(String), cure: null },
      ],
    });
    const stores = flowdeck.settings.get('storage.stores');
    const place = { endpoint: 'http://127.0.0.1:9', bucket: 'ads', publicBaseUrl: 'https://cdn.example' };
    const r2 = { kind: 's3', ...place, accessKeyId: 'AKIDEXAMPLE' };
    await client.settings.set({ key: 'storage.stores', value: { ...stores, r2 } });
    expect(await client.settings.testStore({ name: 'r2' })).toEqual({
      ok: false,
      steps: [
        { name: 'open', ok: false, message: expect.any(String), cure: expect.stringContaining('set-secret') },
      ],
    });
    await client.settings.unset({ key: 'storage.stores' });
    expect((await refusal(client.settings.testStore({ name: 'nowhere' }))).code).toBe('usage');
  });

  it('refuses input of another shape before anything is done', async () => {
    const call = client.runs.setConcurrency({ runId: 'r', concurrency: 9 });
    expect(await refusal(call)).toMatchObject({
      code: 'usage',
      message: expect.stringContaining('concurrency'),
    });
    expect((await refusal(client.workflows.check({ path: '' }))).code).toBe('usage');
    const nonsense = client.runs.pause(7 as unknown as { runId: string });
    expect((await refusal(nonsense)).code).toBe('usage');
  });

  it('takes over the G-Labs that runs, shows it live and labelled as the demo it is, and says why there is no tunnel', async () => {
    await client.services.start({ service: 'glabs' });
    const view = await fold(
      (signal) => client.services.watch(undefined, { signal }),
      applyServicesChange,
      ({ glabs }) => glabs.state === 'ready',
    );
    expect(view.glabs).toMatchObject({ demo: true, adopted: true });
    expect(view.tunnel).toMatchObject({ url: null, startWill: 'nothing' });
    const refused = await refusal(client.services.start({ service: 'tunnel' }));
    expect(refused).toMatchObject({
      code: 'usage',
      message: expect.stringContaining('tunnel.mode is none'),
    });
  });

  it('shows a workflow that is put into a project folder, and takes it away when it goes', async () => {
    await copyFile(join(fixtures, 'valid/XYZG3-V0-1.nbflow'), file('SEEN-V0-1'));
    const path = file('SEEN-V0-1');
    const watch = (signal: AbortSignal) => client.workflows.watch(undefined, { signal });
    const there = await fold(watch, applyWorkflowsChange, ({ workflows }) =>
      workflows.some((w) => w.path === path),
    );
    const seen = there.workflows.find((workflow) => workflow.path === path);
    expect(seen).toMatchObject({ code: 'SEEN', version: 'V0-1', folder: name, unreadable: null });
    expect(seen?.generationNodes).toBeGreaterThan(0);
    await unlink(path);
    await fold(watch, applyWorkflowsChange, ({ workflows }) => !workflows.some((w) => w.path === path));
  });

  it('checks, plans and repairs, and says which file is missing', async () => {
    await putRunnable(file('XYZG3-V0-1'));
    const path = file('XYZG3-V0-1');
    expect((await client.workflows.check({ path })).filter(({ severity }) => severity === 'error')).toEqual(
      [],
    );
    const plan = await client.workflows.plan({ path, options });
    expect(plan).toEqual(await flowdeck.runner.plan(path, options));
    expect(plan.totals.generations).toBeGreaterThan(0);
    expect(await client.workflows.fix({ path })).toEqual({
      fixed: [],
      backup: null,
      backupId: null,
      problem: null,
    });
    expect(await refusal(client.workflows.check({ path: file('NOT-THERE') }))).toMatchObject({
      code: 'workflow-missing',
    });
  });

  it('runs a workflow and shows it live to its end', async () => {
    const path = file('XYZG3-V0-1');
    const { runId } = await client.runs.start({ path, options });
    expect(await refusal(client.runs.start({ path, options }))).toMatchObject({ code: 'locked' });
    const watchOne = (signal: AbortSignal) => client.runs.watchOne({ runId }, { signal });
    const view = await fold(watchOne, applyRunChange, ({ summary }) => summary.finishedAt !== null);
    expect(view.summary).toMatchObject({ status: 'completed', demo: true });
    expect(withoutTimes(view)).toEqual(withoutTimes(await recorded(runId)));
    const runs = await fold(
      (signal) => client.runs.watch(undefined, { signal }),
      applyRunsChange,
      (list) => list.runs.some((run) => run.runId === runId && run.finishedAt !== null),
    );
    expect(runs.runs[0]?.runId).toBe(runId);
    const node = view.nodes.find((one) => one.kind === 'image');
    expect(await client.runs.options({ runId })).toMatchObject(options);
    const journal = await client.runs.journal({ runId, nodeId: node?.nodeId ?? -1 });
    expect(journal.length).toBeGreaterThan(0);
    const media = node?.candidates[0]?.media ?? '';
    const picture = await flowdeck.media.respond(new Request(`http://host/media/${media}`));
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/png']);

    for (const act of [client.runs.pause, client.runs.resume, client.runs.cancel]) {
      expect(await refusal(act({ runId }))).toMatchObject({
        code: 'not-found',
        message: expect.stringContaining('ended'),
      });
    }
  }, 60_000);

  it('wipes, undoes it, and says of what a prompt is made; what is not stale cannot be accepted', async () => {
    const path = file('WIPE-V0-3');
    await copyFile(join(fixtures, 'valid/XYZG3-V0-3.nbflow'), path);
    const before = await readFile(path, 'utf8');
    const { backup, ...counts } = await client.workflows.wipe({ path, scenes: [3] });
    expect(counts).toEqual({ images: 5, videos: 5, tabs: 5 });
    expect(await readFile(path, 'utf8')).not.toBe(before);
    const { undoBackupId } = await client.workflows.restore({ path, backupId: backup?.id ?? '' });
    expect(await readFile(path, 'utf8')).toBe(before);
    expect(undoBackupId).not.toBe(backup?.id);
    const sources = await client.workflows.prompts({ path, nodeId: 4 });
    expect(sources.map(({ role }) => role)).toEqual(['template', 'row']);
    expect(await refusal(client.workflows.accept({ path, nodes: [4] }))).toMatchObject({ code: 'usage' });
    expect(await refusal(client.workflows.wipe({ path, nodes: [77] }))).toMatchObject({ code: 'not-found' });
  });

  it('pauses, hurries and cancels a run that goes on', async () => {
    await putRunnable(file('CANCEL-V0-1'));
    const { runId } = await client.runs.start({
      path: file('CANCEL-V0-1'),
      options: { ...options, pollMs: 5000 },
    });
    await client.runs.pause({ runId });
    const watchOne = (signal: AbortSignal) => client.runs.watchOne({ runId }, { signal });
    await fold(watchOne, applyRunChange, ({ summary }) => summary.status === 'paused');
    await client.runs.setConcurrency({ runId, concurrency: 5 });
    await client.runs.resume({ runId });
    await client.runs.cancel({ runId });
    const view = await fold(watchOne, applyRunChange, ({ summary }) => summary.finishedAt !== null);
    expect(view.summary.status).toBe('interrupted');
  }, 60_000);

  it('queues a run, shows it where it stands, and takes it out', async () => {
    const path = file('QUEUED-V0-1');
    await putRunnable(path);
    const watch = (signal: AbortSignal) => client.queue.watch(undefined, { signal });
    await client.queue.pause();
    const { entry, runId } = await client.queue.add({ path, options });
    expect([entry.name, entry.state, runId]).toEqual(['QUEUED-V0-1', 'waiting', null]);
    expect(await refusal(client.queue.add({ path, options }))).toMatchObject({ code: 'locked' });
    await client.queue.hold({ id: entry.id });
    const held = await fold(watch, applyQueueChange, ({ entries }) => entries[0]?.state === 'held');
    expect(held).toMatchObject({ paused: true, pausedWhy: null, entries: [{ id: entry.id, options }] });
    await client.queue.release({ id: entry.id });
    await client.queue.move({ id: entry.id, to: 0 });
    await client.queue.remove({ id: entry.id });
    expect(await refusal(client.queue.hold({ id: entry.id }))).toMatchObject({ code: 'not-found' });
    await client.queue.resume();
    await fold(watch, applyQueueChange, ({ entries, paused }) => entries.length === 0 && !paused);
  });

  it('keeps a history: backs up, pins, compares, makes versions, restores and verifies', async () => {
    const path = file('KEPT-V0-1');
    await copyFile(join(fixtures, 'valid/XYZG3-V0-1.nbflow'), path);
    const { history } = client;
    const taken = await history.backup({ path, reason: 'Before all' });
    expect(taken.problem).toBeNull();
    const backups = join(folder, 'projects', name, 'backups');
    await rename(backups, `${backups} elsewhere`);
    await writeFile(backups, 'a file');
    const alone = await history.backup({ path, reason: 'in the database alone' });
    expect(alone).toMatchObject({ path: null, problem: expect.stringContaining(backups) });
    await rm(backups);
    await rename(`${backups} elsewhere`, backups);
    const copy = join(folder, 'projects', name, 'backups/KEPT-V0-1.nbflow.bak-2026-01-05-theirs');
    await copyFile(path, copy);
    const adopted = await history.adopt({ path, entry: copy });
    expect(await history.annotate({ entry: taken.id, pinned: true, note: 'good' })).toEqual({ id: taken.id });
    expect(await history.advice({ path })).toMatchObject({ from: 'V0-1', to: 'V0-2', graduated: 'V1' });
    const next = await history.bump({ path, note: 'next' });
    expect(next).toMatchObject({ from: 'V0-1', to: 'V0-2' });
    expect(await history.undoVersion({ path: next.path })).toMatchObject({ path });
    const made = await history.graduate({ path, note: 'approved' });
    expect([made.to, await refusal(history.bump({ path, note: '' }))]).toMatchObject([
      'V1',
      { code: 'workflow-missing' },
    ]);
    const difference = await history.compare({
      before: { of: 'entry', id: taken.id },
      after: { of: 'file', path: made.path },
    });
    expect([difference.identical, difference.diff.nodes]).toEqual([false, []]);
    const nowhere = { addresses: ['../nowhere.png'], beside: [made.path] };
    expect(await history.pictures(nowhere)).toEqual([null]);
    const { live } = await history.preview({ path: made.path, entry: taken.id });
    const seen = live?.sha256 ?? '';
    const restored = await history.restore({ path: made.path, entry: taken.id, seen });
    expect(restored).toMatchObject({ path: made.path, undoBackupId: expect.any(String), problem: null });
    const watch = (signal: AbortSignal) => history.watch({ path: made.path }, { signal });
    const view = await fold(watch, applyHistoryChange, ({ entries, total }) => entries.length === total);
    const kinds = new Set(view.entries.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['version', 'backup', 'restore']));
    expect(view.entries.find(({ id }) => id === taken.id)).toMatchObject({ pinned: true, note: 'good' });
    expect(view.entries.find(({ id }) => id === adopted.id)).toMatchObject({ reason: 'theirs' });
    const told: VerifyMessage[] = [];
    for await (const message of await history.verify({ path: made.path })) told.push(message);
    expect(told[0]).toMatchObject({ kind: 'begun' });
    expect(told.at(-1)).toMatchObject({ kind: 'finished', sums: { damaged: 0 } });
    expect(await refusal(history.preview({ path: made.path, entry: '00000000' }))).toMatchObject({
      code: 'not-found',
    });
  }, 60_000);

  it('says that there is no such run', async () => {
    const runId = 'nothing';
    const calls = [
      () => client.runs.watchOne({ runId }),
      () => client.runs.pause({ runId }),
      () => client.runs.journal({ runId, nodeId: 1 }),
      () => client.runs.options({ runId }),
      () => client.runs.pick({ runId, gate: 1, row: 1, candidate: 1 }),
    ];
    for (const call of calls) expect((await refusal(call())).code).toBe('not-found');
  });

  it('adds a project folder, and refuses one that is not there', async () => {
    const path = join(folder, `more-${name}`);
    expect(await refusal(client.workflows.addRoot({ path }))).toMatchObject({ code: 'folder', where: path });
    await mkdir(path);
    await client.workflows.addRoot({ path });
    await fold(
      (signal) => client.workflows.watch(undefined, { signal }),
      applyWorkflowsChange,
      ({ roots }) => roots.includes(path),
    );
  });

  it('diagnoses what a run left, keeps where a person is in its recovery, and takes it off the list', async () => {
    const path = file('LEFT-V0-2');
    const text = await readFile(join(fixtures, 'valid/XYZG3-V0-3.nbflow'), 'utf8');
    // Nobody is there to be asked: nothing of a test leaves this machine.
    await writeFile(path, text.replaceAll('https://pub-0000.r2.dev', 'http://127.0.0.1:9'));
    const diagnosis = await client.recovery.diagnose({ path });
    expect(diagnosis).toMatchObject({ path, name: 'LEFT-V0-2', run: null });
    expect(diagnosis.nodes).toHaveLength(80);
    const watch = (signal: AbortSignal) => client.recovery.watch(undefined, { signal });
    const has = ({ entries }: RecoveriesView) => entries.some((entry) => entry.path === path);
    await client.recovery.keep({ path, step: 'plan', action: 'resume' });
    const there = await fold(watch, applyRecoveriesChange, has);
    expect(there.entries.find((entry) => entry.path === path)).toMatchObject({
      ...{ step: 'plan', action: 'resume', runId: null, appliedRunId: null },
    });
    const care = await client.recovery.afterCare({ path });
    expect(care).toMatchObject({ bump: { suggested: false, from: 'V0-2', to: 'V0-3' }, registry: null });
    await client.recovery.dismiss({ path });
    await fold(watch, applyRecoveriesChange, (view) => !has(view));
    const nowhere = { path: file('NOT-THERE') };
    expect((await refusal(client.recovery.diagnose(nowhere))).code).toBe('workflow-missing');
    const wish = {
      path,
      action: 'restore',
      nodes: [],
      backup: join(folder, 'elsewhere'),
      asked: [],
    } as const;
    const refused = await refusal(client.recovery.apply({ ...wish, nodes: [], asked: [] }));
    expect(refused.code).toBe('usage');
  }, 60_000);

  it('ends a live query when its reader leaves, on both sides', async () => {
    const { topic } = await flowdeck.catalogue();
    await expect.poll(topic.readers).toBe(0);
    const leaving = new AbortController();
    const messages = await client.workflows.watch(undefined, { signal: leaving.signal });
    expect((await messages.next()).value).toMatchObject({ kind: 'snapshot' });
    expect(topic.readers()).toBe(1);
    leaving.abort();
    await expect.poll(topic.readers).toBe(0);

    const another = await client.workflows.watch();
    await another.next();
    await another.return?.();
    await expect.poll(topic.readers).toBe(0);
  });

  const recorded = async (runId: string): Promise<RunView> => {
    const view = await flowdeck.runner.view(runId);
    if (view === null) throw new Error(`no record of ${runId}`);
    return view;
  };
});

/** Estimates are of the moment they were made in. */
function withoutTimes(view: RunView): RunView {
  return { ...view, summary: { ...view.summary, etaS: null } };
}
