import { describe, expect, it } from 'vitest';
import type { Diagnosis, RecoveryNode, RecoveryPlan } from '../../shared/recovery.ts';
import { diagnosisText } from './recover-words.ts';

const plan = (change: Partial<RecoveryPlan> = {}): RecoveryPlan => ({
  action: 'resume',
  title: 'Resume: make what is missing',
  generations: 5,
  images: 1,
  videos: 4,
  saved: 20,
  savedUSD: 0.8,
  costUSD: 1.64,
  steps: ['Back up the workflow as it is now.', 'Make 1 picture and 4 clips.'],
  nodes: [],
  backup: null,
  ...change,
});
const node = (change: Partial<RecoveryNode> = {}): RecoveryNode => ({
  ...{ nodeId: 4, tab: 'Account A', title: 'Scene 01 — image gen', kind: 'image', scene: 1, wanted: 4 },
  ...{ cache: 4, bad: 0, local: 0, store: 0, journal: 0, salvaged: 0, generations: 0 },
  ...{ state: 'done', note: null },
  ...change,
});
const diagnosis = (change: Partial<Diagnosis> = {}): Diagnosis => ({
  ...{ path: '/p/a.nbflow', name: 'XYZG3-V0-2', at: '2026-11-21T09:00:00.000Z', verdict: 'resume' },
  headline: 'Left to make: 1 picture and 4 clips.',
  run: null,
  cause: null,
  nodes: [
    node(),
    node({ nodeId: 9, title: 'Scene 01 — video gen', cache: 0, generations: 4, state: 'missing' }),
  ],
  ...{ findings: [], check: [], plan: plan(), alternatives: [] },
  ...change,
});
const text = (change: Partial<Diagnosis> = {}, file: string | null = 'a.nbflow') =>
  diagnosisText(diagnosis(change), (_style, words) => words, file);

describe('a diagnosis on the command line', () => {
  it('does not say of a run that goes on that it has ended', () => {
    const run = { runId: 'r1', status: 'running', mode: 'full', demo: false };
    const times = { startedAt: '2026-11-21T08:00:00.000Z', endedAt: null };
    const told = (status: string) => text({ run: { ...run, ...times, status } });
    expect(told('running')).toContain('It still runs. (run r1');
    expect(told('completed')).toContain('It ended by itself. (run r1');
  });

  it('says what is there, what to do, what it costs, and the command that does it', () => {
    expect(text({ alternatives: [plan({ title: 'Make everything anew', images: 32, saved: 0 })] })).toBe(
      [
        'XYZG3-V0-2: resume',
        'Left to make: 1 picture and 4 clips.',
        '',
        'What happened',
        '  Flowdeck knows no run of it.',
        '',
        'What there is',
        '  scene  node                      cache  file  store  journal  make',
        '      1  Scene 01 — image gen (4)    4/4     –      –        –     –  done',
        '      1  Scene 01 — video gen (9)      –     –      –        –     4  missing',
        '',
        'Plan: Resume: make what is missing',
        '  1 picture and 4 clips to make, about $1.64; 20 candidates saved ($0.80).',
        '  1. Back up the workflow as it is now.',
        '  2. Make 1 picture and 4 clips.',
        '',
        'Instead',
        '  Make everything anew: 32 pictures and 4 clips to make, about $1.64.',
        '',
        'Go on with: flowdeck recover a.nbflow --apply',
      ].join('\n'),
    );
  });

  it('tells why the run ended, and what was seen with place and cure', () => {
    const words = text({
      cause: { kind: 'killed', message: 'Flowdeck was killed.' },
      run: { runId: 'r1', status: 'interrupted', startedAt: '2026-11-20T20:00:00.000Z', endedAt: null },
      findings: [
        {
          code: 'x',
          severity: 'problem',
          nodeId: null,
          message: 'An address is gone.',
          where: '/p/x',
          cure: 'Wait.',
        },
        {
          code: 'y',
          severity: 'note',
          nodeId: null,
          message: 'There is no backup.',
          where: null,
          cure: null,
        },
      ],
    });
    expect(words).toMatch(/ {2}Flowdeck was killed\. \(run r1, begun 2026-11-2\d \d\d:\d\d\)\n/);
    expect(words).toContain('  ! An address is gone. (/p/x)\n    Wait.\n  - There is no backup.');
  });

  it('has a column for tabs where there are several, and leaves out the done ones of very many nodes', () => {
    const many = Array.from({ length: 60 }, (_, n) => node({ nodeId: n, scene: n, tab: n % 2 ? 'A' : 'B' }));
    const words = text({
      nodes: [...many, node({ nodeId: 99, tab: 'A', state: 'gone', note: '2 of 4 are gone' })],
    });
    expect(words).toMatch(/scene +tab +node/);
    expect(words).toContain('gone: 2 of 4 are gone');
    expect(words).toContain('and 60 nodes that are done');
    expect(words).not.toContain('(17)');
  });

  it('puts the states of the contract into words, and a plan into one sentence', () => {
    const words = text({
      nodes: [node({ cache: 0, journal: 4, state: 'reattach', note: '3 tasks' })],
      alternatives: [plan({ title: 'Put the backup back', generations: 0, saved: 0 })],
    });
    expect(words).toMatch(/with G-Labs: 3 tasks$/m);
    expect(words).toContain('Put the backup back: nothing is generated.');
  });

  it('says of a recovery that begins why its run names more than is ordered', () => {
    const paid = [node({ cache: 0, journal: 4, salvaged: 4, state: 'reattach', note: '4 tasks' })];
    expect(text({ nodes: paid }, null)).toMatch(/The run begins with what is paid for: .+\.$/);
    expect(text({}, null)).toMatch(/2\. Make 1 picture and 4 clips\.$/);
  });

  it('offers no command where nothing is to be done, or a person has to choose', () => {
    const none = plan({ action: 'none', generations: 0, steps: [] });
    const complete = text({ verdict: 'complete', plan: none, alternatives: [plan()] });
    expect(complete).toMatch(/Nothing is to be done\.$/);
    expect(complete).not.toContain('Resume');
    const byHand = { ...none, steps: ['Start again from the brief.'] };
    const givenUp = text({ verdict: 'give up', plan: byHand, alternatives: [plan()] });
    expect(givenUp).toMatch(/Start again from the brief\.$/);
    expect(givenUp).toContain('What could be done\n  Resume');
    expect(givenUp).not.toContain('--apply');
    expect(text({}, null)).not.toContain('--apply');
  });

  it('quotes a file that a shell would tear apart', () => {
    expect(text({}, '/p/my ads/a.nbflow')).toContain('flowdeck recover "/p/my ads/a.nbflow" --apply');
  });
});
