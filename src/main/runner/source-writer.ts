import { fail } from '../../shared/failure.ts';
import type { Disk } from '../platform/disk.ts';
import { SavedMeanwhile, writeIfStill } from '../platform/held-file.ts';
import { editWorkflow, type NodeEdit } from '../workflow/edit.ts';
import type { ExtraFields } from '../workflow/fields.ts';
import { decodeWorkflow, parseWorkflow, type Workflow } from '../workflow/read.ts';
import { type ExportPlace, exportWorkflow } from './export.ts';

/** From this size on a workflow file is read, edited and written on a thread of its own, and less often. */
export const LARGE_BYTES = 1024 * 1024;

/**
 * The content of a workflow file as it was last read or written, and what changes it. On this thread, or for a large
 * file on another (source-thread.ts). One call at a time: the caller sees to that (source-file.ts).
 */
export interface SourceWriter {
  /** Of LARGE_BYTES or more. */
  readonly large: boolean;
  /**
   * Reads the file; null when its content is what is known, else the workflow that somebody else left there.
   * `if-touched` spares the reading when the file looks untouched since the last such call.
   * Rejects with `workflow-missing`, with `workflow-unreadable`, or with what the disk says; what is known stays then.
   */
  reread(when: 'always' | 'if-touched'): Promise<Omit<Workflow, 'text'> | null>;
  /**
   * Puts edits into the content that `reread` just found, and writes it. `touched`: somebody saved the file since, and
   * nothing was written.
   */
  write(edits: readonly NodeEdit[]): Promise<'written' | 'touched'>;
  /** Writes what is known as an export (export.ts), and gives its path. */
  export(place: ExportPlace, at: number): Promise<string>;
  /** Nothing is asked after this. */
  close(): Promise<void>;
}

/** `content`: what the file holds as far as is known; null: nothing is known, so that whatever is read is news. */
export interface KnownFile {
  path: string;
  content: Uint8Array | null;
  fields: ExtraFields;
}

/** A workflow as it was read. */
export const knownAs = ({ file, text, fields }: Workflow): KnownFile => ({
  path: file,
  content: Buffer.from(text),
  fields,
});

/** A SourceWriter on the thread that calls it. */
export function createSourceWriter({ path, content, fields }: KnownFile, disk: Disk): SourceWriter {
  let known = content;
  /** The file's mark when it was last read for a write: a person's save since then shows. */
  let readAt: string | null = null;
  let lookedAt: string | null = null;

  const markNow = async (): Promise<string> => {
    const seen = await disk.stat(path);
    if (seen === null) throw gone(path);
    return markOf(seen);
  };
  const told = (): Uint8Array => {
    if (known === null) throw fail('internal', 'The workflow file was not read yet.', { where: path });
    return known;
  };

  return {
    get large() {
      return (known?.byteLength ?? 0) >= LARGE_BYTES;
    },

    reread: async (when) => {
      // The mark first: a save during the reading makes it an old one, and is found next time.
      const mark = await markNow();
      if (when === 'if-touched' && mark === lookedAt) return null;
      const now = await disk.read(path);
      if (now === null) throw gone(path);
      lookedAt = mark;
      if (known !== null && Buffer.compare(now, known) === 0) {
        readAt = mark;
        return null;
      }
      const workflow = parseWorkflow(decodeWorkflow(now, path), path, fields);
      known = now;
      readAt = mark;
      return workflow;
    },

    write: async (edits) => {
      const text = decodeWorkflow(told(), path);
      const edited = editWorkflow(text, edits);
      if (edited === text) return 'written';
      const data = Buffer.from(edited);
      try {
        await writeIfStill(path, data, (now) => now !== null && markOf(now) === readAt, disk);
      } catch (error) {
        if (error instanceof SavedMeanwhile) return 'touched';
        throw error;
      }
      known = data;
      // The name is somebody's again: the next write begins with a reading.
      readAt = null;
      return 'written';
    },

    export: (place, at) => exportWorkflow(told(), place, at, disk),
    close: async () => undefined,
  };
}

const markOf = ({ mtimeMs, size, ino }: { mtimeMs: number; size: number; ino: number }): string =>
  `${mtimeMs}/${size}/${ino}`;

const gone = (path: string) =>
  fail('workflow-missing', 'The workflow file was moved or deleted during the run.', {
    where: path,
    cure: 'Put it back and run again: what is done is in the journal and is not paid for again.',
  });
