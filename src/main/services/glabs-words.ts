import type { ProbeOutcome } from './probe.ts';

export interface Problem {
  message: string;
  cure: string;
}

const openTab = 'Open G-Labs, go to its Webhook tab, press Start, and turn on auto-start there.';

export const problems = {
  nothingThere: (url: string): Problem => ({
    message: `Nothing answers at ${url}, and no command is set to start G-Labs.`,
    cure: `${openTab} Or set glabs.command to the program that starts it, or to "demo" for the built-in simulator.`,
  }),
  adoptedGone: (url: string, outcome: ProbeOutcome): Problem => ({
    message: `G-Labs at ${url} no longer answers: ${outcome.message}`,
    cure: `${openTab} It was not started by Flowdeck, so Flowdeck does not restart it.`,
  }),
  foreign: (url: string, owner: { pid: number; program: string } | null, message: string): Problem => ({
    message: owner
      ? `${url} is taken by another program: ${owner.program} (process ${owner.pid}). ${message}`
      : `${url} is taken by something that is not G-Labs. ${message}`,
    cure: 'End that program, or set glabs.url to another port. Flowdeck leaves it alone.',
  }),
  cannotStart: (message: string, cure: string): Problem => ({ message, cure }),
  neverReady: (seconds: number, lastOutput: string): Problem => ({
    message: `G-Labs was not ready within ${seconds} s.${quoted(lastOutput)}`,
    cure: `Read its output below. ${openTab} If it only needs longer, raise glabs.startupTimeoutS.`,
  }),
  ended: (how: string, lastOutput: string): Problem => ({
    message: `G-Labs ended: ${how}.${lastWords(lastOutput)}`,
    cure: 'It is started again by itself.',
  }),
  hung: (): Problem => ({
    message: 'G-Labs runs but has not answered three times in a row.',
    cure: 'It is ended and started again by itself.',
  }),
  tooOften: (times: number, last: string): Problem => ({
    message: `G-Labs failed ${times} times in a row, so it is not started again. ${last}`,
    cure: 'Read its output, mend the cause, then press Start.',
  }),
};

export function howItEnded(code: number | null, signal: string | null): string {
  return signal ? `signal ${signal}` : `exit code ${code ?? 'unknown'}`;
}

/** Of one that never got anywhere. */
const quoted = (lastOutput: string): string => lastWords(lastOutput) || ' It printed nothing.';

/** Of one that did: what it printed before its last step is no cause of its end. */
const lastWords = (lastOutput: string): string => (lastOutput ? ` Last output: "${lastOutput}".` : '');
