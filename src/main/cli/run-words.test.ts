import { describe, expect, it } from 'vitest';
import { ErrorClass, emptyCounts } from '../../shared/domain.ts';
import { errorWords } from '../../shared/error-words.ts';
import type { RunEvent } from '../../shared/run-events.ts';
import { eventWords } from './run-words.ts';

const base = { at: '2026-11-20T10:00:00.000Z', runId: 'r1' };
const plain = (_style: unknown, text: string) => text;

describe('a node that failed, in the terminal', () => {
  it.each(ErrorClass.options)(
    'says of "%s" what was said, the cause and the cure, as the window does',
    (error) => {
      const { cause, cure } = errorWords[error];
      const event: RunEvent = {
        ...base,
        type: 'node.failed',
        nodeId: 4,
        tab: 'Account A',
        title: 'Scene 01',
        error,
        message: 'The server said no.',
        attempts: 4,
        cure,
      };
      expect(eventWords(event, plain)?.split('\n')).toEqual([
        `failed   Account A / Scene 01 (4): The server said no. (${error})`,
        `         ${cause} ${cure}`,
      ]);
    },
  );
});

describe('the end of a run, in the terminal', () => {
  const finished = {
    ...base,
    type: 'run.finished' as const,
    status: 'failed-nodes' as const,
    output: null,
    errorsFile: '/p/Generations/errors.json',
    counts: { ...emptyCounts(), nodes: 3, generated: 1, failed: 1, skipped: 1, submitted: 8, lost: 1 },
    costUSD: 0.32,
    savedUSD: 0.16,
  };

  it('says what was paid, what was saved, what may be lost, and where the errors are', () => {
    expect(eventWords(finished, plain)?.split('\n')).toEqual([
      'Ended with failed nodes.',
      '3 nodes: 1 generated, 1 failed, 1 skipped. 8 submissions, about $0.32; $0.16 saved by the cache.',
      '1 submission may have been paid for and is gone.',
      'Errors: /p/Generations/errors.json',
    ]);
  });

  it('says how to go on from a gate', () => {
    const held = { ...finished, status: 'held' as const, errorsFile: null };
    expect(eventWords(held, plain)).toContain('flowdeck pick FILE --node GATE --candidate N. Then run again');
    expect(eventWords(finished, plain)).not.toContain('flowdeck pick');
  });

  it('does not pretend that the demo was paid', () => {
    expect(eventWords(finished, plain, true)).toContain('about $0.32 if it were real (demo: not paid)');
  });
});

describe('an outage, in the terminal', () => {
  const down = {
    ...base,
    type: 'backend.down' as const,
    server: 'http://127.0.0.1:8765',
    message: 'refused.',
    what: 'glabs' as const,
    mended: true,
    waitS: 600,
  };

  it('says for what the run waits, how long at most, and whether somebody is at it', () => {
    expect(eventWords(down, plain)).toBe(
      'waiting  for G-Labs at http://127.0.0.1:8765, 10 min at most (it is being brought back): refused.',
    );
    expect(eventWords({ ...down, what: 'tunnel', mended: false }, plain)).toContain(
      'for the tunnel at http://127.0.0.1:8765, 10 min at most (nobody brings it back)',
    );
  });

  it('says at which address it goes on', () => {
    const server = 'https://new.example';
    expect(eventWords({ ...base, type: 'backend.up', server, downMs: 2400 }, plain)).toBe(
      'back     G-Labs answers again after 2 s, at https://new.example',
    );
  });
});
