import { describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { createCatalogue, newestRun, placeOf } from './catalogue.ts';
import { type Glance, summarise } from './glance.ts';
import { runSummary } from './test-support.ts';
import { type FolderEvents, isWatched } from './watch-folders.ts';

const at = (path: string): Glance => summarise({ path, size: 1, modifiedAt: '' }, [], null, null);

/** A catalogue whose folders and looks the test itself moves. */
function stage() {
  const watches: { roots: readonly string[]; events: FolderEvents; closed: boolean }[] = [];
  const looks: { path: string; done: (glance: Glance) => void; fail: (error: unknown) => void }[] = [];
  const faults: unknown[] = [];
  const catalogue = createCatalogue({
    clock: { ...systemClock, sleep: () => Promise.resolve() },
    glance: (path) => new Promise((done, fail) => looks.push({ path, done, fail })),
    lastRun: () => null,
    onFault: (error) => faults.push(error),
    watch: (roots, events) => {
      const watch = { roots, events, closed: false };
      watches.push(watch);
      return {
        async close() {
          watch.closed = true;
        },
      };
    },
  });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const finish = async (path: string, change: Partial<Glance> = {}) => {
    const index = looks.findIndex((look) => look.path === path);
    looks.splice(index, 1)[0]?.done({ ...at(path), ...change });
    await turn();
    await turn();
  };
  const events = () => {
    const last = watches.at(-1);
    if (!last) throw new Error('nothing is watched');
    return last.events;
  };
  return { catalogue, watches, looks, faults, finish, events, turn };
}
const paths = (catalogue: ReturnType<typeof stage>['catalogue']) =>
  catalogue.topic.state().workflows.map(({ path }) => path);

describe('the catalogue', () => {
  it('looks at two files at a time and tells each when it is known', async () => {
    const { catalogue, looks, finish, events } = stage();
    catalogue.setRoots(['/p']);
    for (const name of ['a', 'b', 'c']) events().onFile(`/p/${name}.nbflow`);
    events().onListed();
    expect(looks.map(({ path }) => path)).toEqual(['/p/a.nbflow', '/p/b.nbflow']);
    await finish('/p/b.nbflow');
    expect(paths(catalogue)).toEqual(['/p/b.nbflow']);
    expect(catalogue.topic.state().scanning).toBe(true);
    await finish('/p/a.nbflow');
    await finish('/p/c.nbflow');
    expect(paths(catalogue)).toEqual(['/p/a.nbflow', '/p/b.nbflow', '/p/c.nbflow']);
    expect(catalogue.topic.state().scanning).toBe(false);
  });

  it('looks again at a file that changed while it was looked at', async () => {
    const { catalogue, looks, finish, events } = stage();
    catalogue.setRoots(['/p']);
    events().onListed();
    events().onFile('/p/a.nbflow');
    events().onFile('/p/a.nbflow');
    expect(looks).toHaveLength(1);
    await finish('/p/a.nbflow', { cached: 1 });
    await finish('/p/a.nbflow', { cached: 2 });
    expect(looks).toHaveLength(0);
    expect(catalogue.topic.state().workflows[0]?.cached).toBe(2);
  });

  it('does not bring back a file that went while it was looked at', async () => {
    const { catalogue, finish, events } = stage();
    catalogue.setRoots(['/p']);
    events().onFile('/p/a.nbflow');
    events().onGone('/p/a.nbflow');
    events().onListed();
    await finish('/p/a.nbflow');
    expect(paths(catalogue)).toEqual([]);
    expect(catalogue.topic.state().scanning).toBe(false);
  });

  it('keeps what other roots share and drops what they do not have', async () => {
    const { catalogue, watches, finish, events } = stage();
    catalogue.setRoots(['/p', '/q']);
    for (const path of ['/p/a.nbflow', '/q/b.nbflow']) events().onFile(path);
    events().onListed();
    await finish('/p/a.nbflow');
    await finish('/q/b.nbflow');
    catalogue.setRoots(['/q']);
    expect(watches[0]?.closed).toBe(true);
    events().onFile('/q/b.nbflow');
    events().onListed();
    expect(catalogue.topic.state().roots).toEqual(['/q']);
    expect(paths(catalogue)).toEqual(['/q/b.nbflow']);
  });

  it('goes on after a look that failed through a fault of ours', async () => {
    const { catalogue, looks, faults, finish, events, turn } = stage();
    catalogue.setRoots(['/p']);
    for (const name of ['a', 'b', 'c']) events().onFile(`/p/${name}.nbflow`);
    events().onListed();
    looks.shift()?.fail(new Error('broken'));
    await turn();
    expect(faults).toEqual([new Error('broken')]);
    await finish('/p/b.nbflow');
    await finish('/p/c.nbflow');
    expect(paths(catalogue)).toEqual(['/p/b.nbflow', '/p/c.nbflow']);
    expect(catalogue.topic.state().scanning).toBe(false);
  });

  it('shows the newest run of a workflow as its last', async () => {
    const { catalogue, finish, events } = stage();
    catalogue.setRoots(['/p']);
    events().onFile('/p/a.nbflow');
    events().onListed();
    await finish('/p/a.nbflow');
    const last = () => catalogue.topic.state().workflows[0]?.lastRun;
    catalogue.noteRun(runSummary({ runId: '2', status: 'running', startedAt: '2026-05-02' }));
    expect(last()).toEqual({ runId: '2', status: 'running', at: '2026-05-02' });
    catalogue.noteRun(
      runSummary({ runId: '2', status: 'completed', startedAt: '2026-05-02', finishedAt: '2026-05-03' }),
    );
    expect(last()).toEqual({ runId: '2', status: 'completed', at: '2026-05-03' });
    catalogue.noteRun(runSummary({ runId: '1', status: 'completed', startedAt: '2026-05-01' }));
    expect(last()?.runId).toBe('2');
  });
});

describe('the last run of a file', () => {
  const last = (runId: string, status: string, at: string) => ({ runId, status, at });

  it('is not brought back to life by a look that ended before the run did', async () => {
    const { catalogue, looks, events, turn } = stage();
    catalogue.setRoots(['/p']);
    events().onFile('/p/a.nbflow');
    events().onListed();
    looks.shift()?.done(at('/p/a.nbflow'));
    // The look is over, but not told yet.
    catalogue.noteRun(
      runSummary({ runId: '1', status: 'completed', startedAt: '2026-05-01', finishedAt: '2026-05-02' }),
    );
    await turn();
    await turn();
    expect(catalogue.topic.state().workflows[0]?.lastRun?.status).toBe('completed');
  });

  it('is the one that is known to have ended, else what the records say', () => {
    const running = last('1', 'running', '2026-05-01');
    const completed = last('1', 'completed', '2026-05-02');
    expect(newestRun(running, completed)).toBe(completed);
    expect(newestRun(completed, running)).toBe(completed);
    expect(newestRun(null, running)).toBe(running);
    expect(newestRun(completed, null)).toBe(completed);
    expect(newestRun(last('2', 'running', '2026-05-03'), completed)?.runId).toBe('2');
    expect(newestRun(completed, last('2', 'running', '2026-05-03'))?.runId).toBe('2');
  });
});

describe('where a file stands', () => {
  it('is told from the innermost root', () => {
    expect(placeOf('/p/may/xyz/a.nbflow', ['/p', '/p/may'])).toEqual({ root: '/p/may', folder: 'xyz' });
    expect(placeOf('/p/a.nbflow', ['/p'])).toEqual({ root: '/p', folder: 'p' });
    expect(placeOf('/pp/a.nbflow', ['/p', '/pp'])).toEqual({ root: '/pp', folder: 'pp' });
  });
});

describe('what is watched', () => {
  it.each([
    ['', false, true],
    ['may/xyz', false, true],
    ['may/a.nbflow', true, true],
    ['may/A.NBFLOW', true, true],
    ['may/a.json', true, false],
    ['may/a.nbflow.bak-2026-05-12-pre-run', true, false],
    ['may/backups', false, false],
    ['may/Generations/a.nbflow', true, false],
    ['node_modules', false, false],
    ['.git', false, false],
    ['may/.a.nbflow', true, false],
    ['backups.nbflow', true, true],
  ])('%s (a file: %s): %s', (below, isFile, watched) => {
    expect(isWatched(below, isFile)).toBe(watched);
  });
});
