import { dirname } from 'node:path';
import PQueue from 'p-queue';
import type { Finding } from '../../shared/domain.ts';
import type { Clock } from '../platform/clock.ts';
import type { Disk } from '../platform/disk.ts';
import { fieldName } from '../workflow/fields.ts';
import { nodeFinding } from '../workflow/finding.ts';
import { generationNodes } from '../workflow/generation.ts';
import type { Workflow } from '../workflow/read.ts';
import { ask, brokenBy, causeOf } from './fetch-picture.ts';
import { addressOf, shownReference, type Trouble } from './reference-address.ts';

export interface DeadReferenceDeps {
  fetch: typeof fetch;
  disk: Disk;
  clock: Clock;
  /** The project folder: paths start from the workflow's own, then from here. */
  projectFolder: string;
}

const AT_ONCE = 8;
const PATIENCE_MS = 8000;
const UNKNOWN_NAME: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN']);
/** Servers that know no HEAD, or sign addresses for GET only. */
const NO_HEAD: ReadonlySet<number> = new Set([400, 401, 403, 405, 501]);

/**
 * The warnings `dead-reference` (behaviour.md §3): references of generation nodes that do not answer, are not there,
 * or cannot be one. Each is asked once, eight at a time, without fetching the picture. A server
 * whose name is not known is passed over. Rejects only when aborted.
 */
export async function deadReferences(
  workflow: Workflow,
  deps: DeadReferenceDeps,
  signal: AbortSignal,
): Promise<Finding[]> {
  const wanted = new Map<string, Set<number>>();
  for (const { inputs } of generationNodes(workflow)) {
    for (const { source } of inputs) {
      if (source.kind !== 'media') continue;
      wanted.set(source.value, (wanted.get(source.value) ?? new Set()).add(source.nodeId));
    }
  }
  const queue = new PQueue({ concurrency: AT_ONCE });
  const findings = await Promise.all(
    [...wanted].map(async ([value, nodeIds]) => {
      const trouble = await queue.add(() => troubleWith(value, workflow, deps, signal));
      return trouble ? [...nodeIds].flatMap((id) => findingAt(workflow, id, value, trouble)) : [];
    }),
  );
  return findings.flat();
}

async function troubleWith(
  value: string,
  workflow: Workflow,
  deps: DeadReferenceDeps,
  signal: AbortSignal,
): Promise<Trouble | null> {
  signal.throwIfAborted();
  const address = addressOf(value, [dirname(workflow.file), deps.projectFolder]);
  if (address.kind === 'embedded') return null;
  if (address.kind === 'unusable') return address;
  if (address.kind === 'web') return troubleAt(address.url, deps, signal);
  for (const path of address.paths) if ((await deps.disk.stat(path)) !== null) return null;
  return {
    what: `is not there (looked at ${address.paths.join(', ')})`,
    cure: 'Put the picture there, or correct the path.',
  };
}

async function troubleAt(url: URL, deps: DeadReferenceDeps, signal: AbortSignal): Promise<Trouble | null> {
  const over = new AbortController();
  const tooSlow = new AbortController();
  deps.clock.sleep(PATIENCE_MS, AbortSignal.any([signal, over.signal])).then(
    () => tooSlow.abort(),
    // It answered in time, or nobody wants to know any more.
    () => undefined,
  );
  const either = AbortSignal.any([signal, tooSlow.signal]);
  try {
    let answer = await ask(url, { method: 'HEAD' }, deps, either);
    if (!(answer instanceof Response) && NO_HEAD.has(answer.status))
      answer = await ask(url, { headers: { range: 'bytes=0-0' } }, deps, either);
    if (!(answer instanceof Response)) return answer;
    await answer.body?.cancel();
    const type = answer.headers.get('content-type') ?? '';
    return /^text\/html/i.test(type)
      ? { what: 'leads to a web page, not to a picture', cure: 'Use the address of the picture itself.' }
      : null;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Error)) throw error;
    // A name nobody knows here tells more of this machine's network than of the address.
    if (UNKNOWN_NAME.has(causeOf(error))) return null;
    const why = tooSlow.signal.aborted ? 'its server does not answer in time' : brokenBy(error);
    return {
      what: `does not answer now (${why}); whether it is gone cannot be told`,
      cure: 'Check the address, and whether this machine is online.',
    };
  } finally {
    over.abort();
  }
}

function findingAt(workflow: Workflow, nodeId: number, value: string, { what, cure }: Trouble): Finding[] {
  const node = workflow.nodes.get(nodeId);
  const tab = node && workflow.tabs[node.tabIndex];
  if (!node || !tab) return [];
  const where = `.properties.${fieldName(node, 'media', workflow.fields)}`;
  const message = `The reference ${shownReference(value)} ${what}.`;
  return [nodeFinding(tab, node, { code: 'dead-reference', where, message, cure })];
}
