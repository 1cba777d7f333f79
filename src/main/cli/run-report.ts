import type { RunEvent } from '../../shared/run-events.ts';
import type { Output } from './output.ts';
import { progressLine, type RunProgress } from './progress.ts';
import { eventWords } from './run-words.ts';

export interface RunReport {
  event(event: RunEvent, progress: RunProgress): void;
  /** Takes the bar away. */
  end(): void;
}

/** These two are for people; everything else is the NDJSON of cli.md. */
const forPeopleOnly: readonly RunEvent['type'][] = ['run.notice', 'run.status'];

/** For a terminal that does not say how wide it is. */
const USUAL_COLUMNS = 80;

/** Tells a run as it goes: NDJSON, and for people lines with a bar below them on a terminal. */
export function createRunReport(output: Output): RunReport {
  const { stream, terminal, visible } = output.progress;
  const bar = terminal && visible;
  let drawn = false;
  let demo = false;
  const clear = () => {
    if (drawn) stream.write('\r\u001b[2K');
    drawn = false;
  };
  return {
    event: (event, progress) => {
      if (event.type === 'run.started') demo = event.demo;
      const words = eventWords(event, output.paint, demo);
      clear();
      if (!forPeopleOnly.includes(event.type)) output.record(event);
      if (words !== null) output.text(words);
      if (bar && event.type !== 'run.finished') {
        stream.write(progressLine(progress, stream.columns || USUAL_COLUMNS));
        drawn = true;
      }
    },
    end: clear,
  };
}
