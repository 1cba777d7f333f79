import type { NodeState } from '../../shared/domain.ts';
import { errorWords } from '../../shared/error-words.ts';
import type { RunEvent, RunEventOf } from '../../shared/run-events.ts';
import type { Paint } from './output.ts';
import { count, duration, money } from './words.ts';

/** States that end a node, or hold it up, are worth a line; what lies between is the bar's. */
const worthALine: Partial<Record<NodeState, 'green' | 'yellow' | 'dim'>> = {
  done: 'green',
  cached: 'dim',
  held: 'yellow',
  skipped: 'yellow',
};

/** An event as a line for a person, or null when it is not worth one; `demo`: of a run that nobody pays for. Pure. */
export function eventWords(event: RunEvent, paint: Paint, demo = false): string | null {
  switch (event.type) {
    case 'run.started':
      return startedWords(event, paint);
    case 'node.state': {
      const style = worthALine[event.state];
      if (style === undefined) return null;
      const beside = [
        event.short === true ? 'fewer candidates than asked' : null,
        event.reason ?? null,
      ].filter(Boolean);
      return `${paint(style, event.state.padEnd(8))} ${placeOf(event)}${beside.length > 0 ? `: ${beside.join('; ')}` : ''}`;
    }
    case 'node.failed':
      return failedWords(event, paint);
    case 'review.verdict':
      return event.verdict === 'fail'
        ? `${paint('yellow', 'rejected')} node ${event.nodeId}, row ${event.row}, candidate ${event.candidate}: ${event.message}`
        : null;
    case 'backend.down':
      return `${paint('yellow', 'waiting ')} ${downWords(event)}`;
    case 'backend.up':
      return `${paint('green', 'back    ')} G-Labs answers again after ${duration(event.downMs / 1000)}, at ${event.server}`;
    case 'run.notice':
      return `${paint('dim', 'note    ')} ${event.message}`;
    case 'run.finished':
      return finishedWords(event, paint, demo);
    case 'run.status':
    case 'task.submitted':
    case 'task.reattached':
    case 'candidate.stored':
      return null;
  }
}

/** For what it waits, whether somebody is at it, and for how long at most. */
function downWords({ what, message, server, mended, waitS }: RunEventOf<'backend.down'>): string {
  const name = what === 'tunnel' ? 'the tunnel' : 'G-Labs';
  const how = mended ? 'it is being brought back' : 'nobody brings it back';
  return `for ${name} at ${server}, ${duration(waitS)} at most (${how}): ${message}`;
}

/** What was said, and below it the cause and the cure, as the window has them. */
const failedWords = (event: RunEventOf<'node.failed'>, paint: Paint): string =>
  [
    `${paint('red', 'failed  ')} ${placeOf(event)}: ${event.message} (${event.error})`,
    `         ${errorWords[event.error].cause} ${event.cure}`,
  ].join('\n');

const placeOf = ({ tab, title, nodeId }: { tab: string; title: string; nodeId: number }): string =>
  `${tab} / ${title} (${nodeId})`;

function startedWords({ name, server, demo, plan }: RunEventOf<'run.started'>, paint: Paint): string {
  const todo =
    plan.generations === 0
      ? 'nothing to generate'
      : `${count(plan.generations, 'generation')}, about ${money(plan.costUSD)} and ${duration(plan.estimateS)}`;
  const label = demo ? paint('yellow', '\nThis is the demo: nothing is real, nothing is paid.') : '';
  return `${paint('bold', name)}: ${count(plan.nodes, 'node')}, ${plan.cached} cached; ${todo}. G-Labs: ${server}${label}`;
}

function finishedWords(
  { status, counts, output, errorsFile, message, costUSD, savedUSD }: RunEventOf<'run.finished'>,
  paint: Paint,
  demo: boolean,
): string {
  const heads = {
    completed: paint('green', 'Done.'),
    'failed-nodes': paint('red', 'Ended with failed nodes.'),
    held: paint('yellow', 'Stopped at a gate: it waits for picks.'),
    interrupted: paint('yellow', 'Interrupted. What was in flight is in the journal.'),
    aborted: paint('red', 'Aborted.'),
  };
  const numbers = [
    [counts.generated, 'generated'],
    [counts.cached, 'cached'],
    [counts.failed, 'failed'],
    [counts.held, 'held'],
    [counts.skipped, 'skipped'],
  ] as const;
  const nodes = numbers.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`);
  const lines = [
    `${heads[status]}${message === undefined ? '' : ` ${message}`}`,
    `${count(counts.nodes, 'node')}: ${nodes.length > 0 ? nodes.join(', ') : 'nothing done'}. ${count(counts.submitted, 'submission')}, about ${money(costUSD)}${demo ? ' if it were real (demo: not paid)' : ''}${savedUSD > 0 ? `; ${money(savedUSD)} saved by the cache` : ''}.`,
    ...(counts.lost > 0
      ? [
          `${count(counts.lost, 'submission')} may have been paid for and ${counts.lost === 1 ? 'is' : 'are'} gone.`,
        ]
      : []),
    ...(status === 'held'
      ? [
          'Pick on the Run screen, or with: flowdeck pick FILE --node GATE --candidate N. Then run again: what is done is reused.',
        ]
      : []),
    ...(output === null ? [] : [`Output: ${output}`]),
    ...(errorsFile === null ? [] : [`Errors: ${errorsFile}`]),
  ];
  return lines.join('\n');
}
