import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress, zstdDecompressSync } from 'node:zlib';
import type { RunGraph } from '../../shared/run-graph.ts';
import { RunNodeView, RunView } from '../../shared/run-view.ts';

/**
 * The record of a run as bytes: lines of JSON, compressed. The first line is the record without its nodes, each further
 * one some of its nodes; so a large one is written and read piece by piece, and nobody waits. Records of earlier
 * versions are one line that has everything.
 */

/** Nodes of a line: worked off in about a millisecond. */
const NODES = 25;

/** Makes a record small, beside whatever else goes on: that of a large run takes a while. */
export async function packRecord(record: RunView | RunGraph): Promise<Uint8Array> {
  if (!('summary' in record)) return compress(JSON.stringify(record));
  const { nodes, ...rest } = record;
  const lines = [JSON.stringify({ ...rest, nodes: [] })];
  for (let at = 0; at < nodes.length; at += NODES) {
    lines.push(JSON.stringify(nodes.slice(at, at + NODES)));
    await setImmediate();
  }
  return compress(lines.join('\n'));
}

/** A run's record, read piece by piece beside whatever else goes on. */
export async function openRecord(packed: Uint8Array): Promise<RunView> {
  const [head = '', ...lines] = (await decompress(packed)).toString('utf8').split('\n');
  const view = RunView.parse(JSON.parse(head));
  for (const line of lines) {
    await setImmediate();
    view.nodes.push(...RunNodeView.array().parse(JSON.parse(line)));
  }
  return view;
}

/** The same at once, for who cannot wait. */
export function readRecord(packed: Uint8Array): RunView {
  const [head = '', ...lines] = zstdDecompressSync(packed).toString('utf8').split('\n');
  const view = JSON.parse(head);
  return RunView.parse({ ...view, nodes: [...view.nodes, ...lines.flatMap((line) => JSON.parse(line))] });
}

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
