import type { Flowdeck } from '../app/flowdeck.ts';
import { interruptedWords, isNews } from '../app/recovery-words.ts';
import type { Session } from './session.ts';

/** More than so many are only counted. */
const MOST = 5;

/** Says which runs were interrupted and wait for a person, with the command that goes on. */
export async function tellInterrupted(
  { output }: Session,
  { recovery }: Flowdeck,
  now: number,
): Promise<void> {
  const entries = (await recovery.entries()).filter(isNews);
  for (const entry of entries.slice(0, MOST)) {
    output.text(`${interruptedWords(entry, now)} "flowdeck recover ${entry.path}" shows what is left.`);
  }
  const more = entries.length - MOST;
  if (more > 0) output.text(`${more} more ${more === 1 ? 'run was' : 'runs were'} interrupted.`);
}
