import type { Line } from '../../test-support.ts';

/** What happened, in the order in which it was seen, each with the seconds since the beginning. */
export interface Chronicle {
  tell(who: string, text: string): void;
  /** Something that must not be. */
  fault(text: string): void;
  /** A line of `up` or `run`; those that repeat what is known are left out. */
  hear(who: string, line: Line): void;
  faults(): readonly string[];
  /** How often lines of each sort came. */
  counts(): Record<string, number>;
  lines(): readonly string[];
}

export function createChronicle(say: (line: string) => void): Chronicle {
  const began = performance.now();
  const lines: string[] = [];
  const faults: string[] = [];
  const counts: Record<string, number> = {};
  const tell = (who: string, text: string) => {
    const line = `${((performance.now() - began) / 1000).toFixed(1).padStart(7)} s  ${who.padEnd(6)} ${text}`;
    lines.push(line);
    say(line);
  };
  const count = (what: string) => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  return {
    tell,
    fault: (text) => {
      faults.push(text);
      tell('FAULT', text);
    },
    hear: (who, line) => {
      const said = wordsOf(line);
      if (said === null) return;
      count(said.sort);
      tell(who, said.text);
    },
    faults: () => faults,
    counts: () => counts,
    lines: () => lines,
  };
}

function wordsOf(line: Line): { sort: string; text: string } | null {
  const { type } = line;
  if (type === 'service.state') {
    const { service, state, pid, reason, attempt } = line;
    const why = reason === null ? '' : `: ${String(reason)}`;
    const text = `${service} ${state} (process ${pid}, try ${attempt})${why}`;
    return { sort: `${service} ${state}`, text };
  }
  if (type === 'tunnel.url') {
    const consumers = Array.isArray(line.consumers) ? line.consumers : [];
    const told = consumers.filter(({ state }) => state === 'confirmed').length;
    const text = `address ${line.revision}: ${line.url}, ${told} of ${consumers.length} have it`;
    return { sort: `address line`, text };
  }
  if (type === 'backend.down') {
    return { sort: type, text: `waits for ${line.what} (mended: ${line.mended}): ${line.message}` };
  }
  if (type === 'backend.up')
    return { sort: type, text: `goes on after ${Math.round(Number(line.downMs))} ms` };
  if (type === 'candidate.stored') return null;
  const told = ['run.started', 'run.finished', 'node.failed', 'run.notice', 'error'];
  return told.includes(type) ? { sort: type, text: JSON.stringify(line) } : null;
}
