import { resolve } from 'node:path';
import { Command } from 'commander';
import { fail } from '../../shared/failure.ts';
import type { QueueEntry, QueueView } from '../../shared/queue.ts';
import type { OpenBook } from '../app/queue.ts';
import { systemClock } from '../platform/clock.ts';
import type { AddCommand, Work } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import type { Output } from './output.ts';
import { absoluteRunOptions, withRunOptions } from './run-options.ts';
import type { Session } from './session.ts';
import { wholeNumber } from './values.ts';
import { table } from './words.ts';

const EVERY = 'all';

/** `flowdeck queue …`: runs that wait their turn (behaviour.md §5). Every one ends with the queue as it is then. */
export const addQueue: AddCommand = (work) =>
  new Command('queue')
    .description('runs that wait their turn; a control room that is open starts them, one after the other')
    .addCommand(list(work), { isDefault: true })
    .addCommand(add(work))
    .addCommand(move(work))
    .addCommand(
      change(work, 'hold', 'passed over until it is released', (book, { id, state }) =>
        state === 'waiting' ? book.hold(id) : null,
      ),
    )
    .addCommand(
      change(work, 'release', 'a held or failed one waits for its turn again', (book, { id, state }) =>
        state === 'held' || state === 'failed' ? book.release(id) : null,
      ),
    )
    .addCommand(remove(work))
    .addCommand(whole(work, 'pause', 'nothing starts by itself; what runs goes on', (book) => book.pause()))
    .addCommand(
      whole(work, 'resume', 'goes on, also after Flowdeck ended unexpectedly', (book) => book.resume()),
    );

/** Does something with the queue, and shows it as it is then. */
async function inQueue(
  { flowdeck, output }: Session,
  act: (book: OpenBook) => Promise<void>,
): Promise<number> {
  const { db } = await flowdeck();
  // Not before it is needed: help is answered at once.
  const { openBook } = await import('../app/queue.ts');
  const book = await openBook(db, systemClock);
  await act(book);
  show(output, book.view());
  return exitCodes.done;
}

const list = (work: Work) =>
  new Command('list')
    .description('what waits, in the order it will start')
    .action((_flags, command: Command) =>
      work(command, (session) => inQueue(session, () => Promise.resolve())),
    );

const add = (work: Work) =>
  withRunOptions(
    new Command('add')
      .description('a run of a workflow, at the end')
      .argument('<file>', 'workflow file (.nbflow)'),
  ).action((file: string, flags: Record<string, unknown>, command: Command) =>
    work(command, (session) => {
      const { apiKey, options } = absoluteRunOptions(flags, session.world.cwd);
      if (apiKey !== undefined) {
        throw fail('usage', 'The queue keeps no keys.', {
          where: '--api-key',
          cure: 'Keep it with "flowdeck config set-secret glabs.apiKey", or leave it out.',
        });
      }
      return inQueue(session, async (book) => {
        await book.add(resolve(session.world.cwd, file), options);
        if (book.view().paused) session.output.note('The queue is paused: flowdeck queue resume');
        else if (!book.isCarriedOut())
          session.output.note('No control room is open: it starts when one is (flowdeck serve).');
      });
    }),
  );

const move = (work: Work) =>
  new Command('move')
    .description('another place in the queue')
    .argument('<id>', 'id, its beginning, or the name of the workflow')
    .argument('<place>', 'from 1', wholeNumber(1, 1_000_000))
    .action((id: string, place: number, _flags, command: Command) =>
      work(command, (session) =>
        inQueue(session, (book) => book.move(entryOf(book.view(), id).id, place - 1)),
      ),
    );

const remove = (work: Work) =>
  new Command('remove')
    .description('takes one out')
    .argument('<id>', 'id, its beginning, or the name of the workflow')
    .action((id: string, _flags, command: Command) =>
      work(command, (session) => inQueue(session, (book) => book.remove(entryOf(book.view(), id).id))),
    );

/** A command for one entry or all of them. `act` gives null where there is nothing to do. */
const change = (
  work: Work,
  name: string,
  description: string,
  act: (book: OpenBook, entry: QueueEntry) => Promise<void> | null,
) =>
  new Command(name)
    .description(description)
    .argument('<id>', `id, its beginning, the name of the workflow, or ${EVERY}`)
    .action((id: string, _flags, command: Command) =>
      work(command, (session) =>
        inQueue(session, async (book) => {
          const entries = id === EVERY ? book.view().entries : [entryOf(book.view(), id)];
          for (const entry of entries) await act(book, entry);
        }),
      ),
    );

const whole = (work: Work, name: string, description: string, act: (book: OpenBook) => Promise<void>) =>
  new Command(name)
    .description(description)
    .action((_flags, command: Command) => work(command, (session) => inQueue(session, act)));

/** Throws `not-found` for what is not in the queue, `usage` where several are meant. */
export function entryOf({ entries }: QueueView, asked: string): QueueEntry {
  const exact = entries.filter((entry) => entry.id === asked || entry.name === asked);
  const meant = exact.length > 0 ? exact : entries.filter((entry) => entry.id.startsWith(asked));
  const [entry, another] = meant;
  if (entry === undefined) {
    throw fail('not-found', `Nothing in the queue is called ${asked}.`, {
      cure: 'See what is there with: flowdeck queue list',
    });
  }
  if (another !== undefined) {
    throw fail('usage', `${asked} could be ${meant.map(({ id, path }) => `${id} (${path})`).join(' or ')}.`, {
      cure: 'Give more of the id.',
    });
  }
  return entry;
}

function show(output: Output, { entries, paused, pausedWhy }: QueueView): void {
  entries.forEach(({ id, path, name, state, options, problem, addedAt }, at) => {
    output.record({
      type: 'queue.entry',
      position: at + 1,
      id,
      path,
      name,
      state,
      mode: options.mode,
      problem,
      addedAt,
    });
  });
  output.record({ type: 'queue', paused, pausedWhy, length: entries.length });
  if (entries.length > 0) output.text(queueTable(entries));
  else output.text('The queue is empty.');
  if (paused) output.text(`Paused. ${pausedWhy ?? 'Nothing starts until it goes on.'}`);
}

/** Enough of an id to tell it from others, and to be typed. */
const SHORT = 8;

const queueTable = (entries: readonly QueueEntry[]): string =>
  table(
    [
      ['place', 'id', 'workflow', 'mode', 'state', ''],
      ...entries.map(({ id, name, options, state, problem }, at) => [
        String(at + 1),
        id.slice(0, SHORT),
        name,
        options.mode,
        state,
        problem ?? '',
      ]),
    ],
    [0],
  );
