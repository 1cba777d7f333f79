import { describe, expect, it } from 'vitest';
import { emptyCounts } from '../../shared/domain.ts';
import type { RunEvent } from '../../shared/run-events.ts';
import { createOutput } from './output.ts';
import { createRunReport } from './run-report.ts';

const base = { at: '2026-11-20T10:00:00.000Z', runId: 'r1' };
const node = { nodeId: 4, tab: 'Account A', title: 'Scene 01' };
const progress = { done: 1, total: 4, etaS: 130 };
const notice: RunEvent = { ...base, type: 'run.notice', message: 'A pick was taken back.' };
const done: RunEvent = { ...base, ...node, type: 'node.state', state: 'done' };
const generating: RunEvent = { ...base, ...node, type: 'node.state', state: 'generating' };
const finished: RunEvent = {
  ...base,
  type: 'run.finished',
  status: 'completed',
  output: '/p/XYZ-generated.nbflow',
  errorsFile: null,
  counts: { ...emptyCounts(), nodes: 1, generated: 1, submitted: 4 },
  costUSD: 0.16,
  savedUSD: 0,
};

function report({ terminal = false, json = false, quiet = false }) {
  const written = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({
    isTTY: terminal,
    columns: 60,
    write: (text: string) => {
      written[name] += text;
    },
  });
  const output = createOutput({ stdout: stream('out'), stderr: stream('err'), json, quiet, noColor: true });
  return { written, ...createRunReport(output) };
}

describe('the report of a run', () => {
  it('piped it is plain lines: what ends a node, and the end', () => {
    const { written, event } = report({});
    for (const one of [generating, done, notice, finished]) event(one, progress);
    expect(written.out.split('\n')).toEqual([
      'done     Account A / Scene 01 (4)',
      'note     A pick was taken back.',
      'Done.',
      '1 node: 1 generated. 4 submissions, about $0.16.',
      'Output: /p/XYZ-generated.nbflow',
      '',
    ]);
  });

  it('on a terminal a bar stands below the lines, and is gone at the end', () => {
    const { written, event, end } = report({ terminal: true });
    event(generating, progress);
    expect(written.out).toContain('█');
    expect(written.out).toContain('1/4  about 2 min left');
    event(finished, progress);
    end();
    const afterTheBar = written.out.slice(written.out.lastIndexOf('\r\u001b[2K'));
    expect(afterTheBar).toContain('Done.');
    expect(afterTheBar).not.toContain('█');
  });

  it('with --json every event but those for people is a line as it is', () => {
    const { written, event } = report({ json: true });
    for (const one of [generating, notice, finished]) event(one, progress);
    expect(
      written.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([generating, finished]);
    expect(written.err).toContain('A pick was taken back.');
  });

  it('with --quiet nothing is drawn', () => {
    const { written, event } = report({ terminal: true, quiet: true });
    event(generating, progress);
    event(finished, progress);
    expect(written).toEqual({ out: '', err: '' });
  });
});
