import path from 'node:path';
import { fail } from '../../../shared/failure.ts';
import type { Consumer } from './consumer.ts';
import type { FileEdit } from './edit-text.ts';
import type { EditThread } from './edit-thread.ts';
import { type RewriteDeps, readText, realPathOf, replaceContent } from './rewrite-file.ts';

export interface FileConsumerDeps extends RewriteDeps {
  thread: EditThread;
  /** Does the work while nobody else of ours, in no process, writes this file. */
  alone: <T>(real: string, work: () => Promise<T>) => Promise<T>;
  watchFile: (file: string, onChange: () => void) => () => void;
}

/** Rounds of reading and writing a file that another program keeps changing. */
const ROUNDS = 5;

/** A file that has the address in a place of its own; all its other bytes are a person's (behaviour.md §10). */
export function createFileConsumer(
  id: string,
  file: string,
  edit: FileEdit,
  deps: FileConsumerDeps,
): Consumer {
  return {
    id,
    kind: edit.kind,
    target: `${path.basename(file)}: ${placeName(edit)}`,
    canLook: true,
    tell: async (newest) => {
      demandWholePath(file);
      const real = await realPathOf(file);
      return deps.alone(real, async () => {
        // A round that finds the address in its place is the proof that it was written.
        for (let round = 0; round <= ROUNDS; round += 1) {
          const address = newest();
          const before = await readText(real);
          const edited = await deps.thread.edit(before.text, edit, address.url);
          if ('problem' in edited) {
            throw fail('usage', edited.problem.message, { where: file, cure: edited.problem.cure });
          }
          if (edited.text === before.text) return address;
          await replaceContent(real, before.bytes, edited.text, deps);
        }
        throw fail('locked', 'Another program keeps changing this file.', {
          where: file,
          cure: 'Close that program; it is tried again.',
        });
      });
    },
    watch: (onChange) => (path.isAbsolute(file) ? deps.watchFile(file, onChange) : null),
  };
}

function placeName(edit: FileEdit): string {
  switch (edit.kind) {
    case 'env-file':
      return edit.key;
    case 'json-file':
      return edit.pointer;
    case 'text-file':
      return edit.pattern;
  }
}

function demandWholePath(file: string): void {
  if (path.isAbsolute(file)) return;
  throw fail('usage', 'The path of this consumer begins nowhere.', {
    where: file,
    cure: 'Give the whole path in tunnel.consumers, from the root of the disk on.',
  });
}
