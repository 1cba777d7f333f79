import { parentPort, workerData } from 'node:worker_threads';
import { FlowdeckError } from '../../shared/failure.ts';
import { nodeDisk } from '../platform/disk.ts';
import type { Workflow } from '../workflow/read.ts';
import type { SourceAnswer, SourcePart, SourceQuestion, SourceThreadData } from './source-thread.ts';
import { createSourceWriter, type SourceWriter } from './source-writer.ts';

// Entry of the thread that writes a large workflow file during a run (source-thread.ts).

/** So many nodes or links the other thread takes at a time. */
const NODES = 100;
const LINKS = 1000;

function main(): void {
  const port = parentPort;
  if (port === null) throw new Error('The source worker is started by Flowdeck, as a thread.');
  const { path, fields, known } = workerData as SourceThreadData;
  const pieces: Uint8Array[] = [];
  let made: SourceWriter | null = null;
  let parts: Iterator<SourcePart> | null = null;

  const writer = (): SourceWriter => {
    made ??= createSourceWriter({ path, fields, content: known ? Buffer.concat(pieces) : null }, nodeDisk);
    pieces.length = 0;
    return made;
  };

  const answer = async (asked: SourceQuestion) => {
    switch (asked.ask) {
      case 'piece':
        pieces.push(asked.bytes);
        return null;
      case 'reread': {
        const workflow = await writer().reread(asked.when);
        if (workflow === null) return null;
        parts = partsOf(workflow);
        const { file, name, baseName, tabs } = workflow;
        return {
          file,
          name,
          baseName,
          fields,
          tabs: tabs.map(({ nodes: _nodes, links: _links, ...tab }) => tab),
        };
      }
      case 'part': {
        const next = parts?.next();
        if (next && !next.done) return next.value;
        parts = null;
        return null;
      }
      case 'write':
        return writer().write(asked.edits);
      case 'export':
        return writer().export(asked.place, asked.at);
    }
  };

  port.on('message', (asked: SourceQuestion & { id: number }) => {
    const { id } = asked;
    const post = (message: SourceAnswer) => port.postMessage(message);
    answer(asked).then(
      (value) => post({ id, value }),
      (error: unknown) => {
        if (error instanceof FlowdeckError) post({ id, failure: error.failure });
        else post({ id, fault: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      },
    );
  });
}

function* partsOf({ tabs }: Pick<Workflow, 'tabs'>): Generator<SourcePart> {
  for (const [tab, { nodes, links }] of tabs.entries()) {
    for (let i = 0; i < nodes.length; i += NODES) yield { tab, nodes: nodes.slice(i, i + NODES), links: [] };
    for (let i = 0; i < links.length; i += LINKS) yield { tab, nodes: [], links: links.slice(i, i + LINKS) };
  }
}

main();
