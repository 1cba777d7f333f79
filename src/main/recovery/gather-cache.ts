import { fileURLToPath } from 'node:url';
import { askAddresses, isGone } from '../storage/ask-addresses.ts';
import { strangeScheme } from '../workflow/url-list.ts';
import type { CacheEvidence } from './evidence.ts';
import type { GatherDeps, GatherLimits, SeenPlan } from './gather-deps.ts';
import type { Unseen } from './in-time.ts';

/** What is known of an address that stands in the file. */
export interface SeenAddress {
  state: CacheEvidence['state'];
  identity: string | null;
  /** Where it lies on this machine. */
  file: string | null;
}

type CacheDeps = Pick<GatherDeps, 'db' | 'disk' | 'fetch' | 'clock'>;

const AT_ONCE = 32;

/**
 * What this machine knows of the addresses in the file: those of its own disk are looked up, those on the web are
 * `unknown` until they are asked. What is still on its way to its store counts as there: this machine has it.
 */
export async function gatherAddresses(
  path: string,
  { nodes }: SeenPlan,
  into: Map<string, SeenAddress>,
  { db, disk }: Pick<CacheDeps, 'db' | 'disk'>,
  signal: AbortSignal,
): Promise<void> {
  const urls = [...new Set(nodes.flatMap(({ node }) => node.saved.filter((url) => url !== null)))];
  const onTheWay = new Set(db.uploads.list(path).map(({ url }) => url));
  const lookUp = async (url: string) => {
    const kept = db.objects.byUrl(url);
    const file = /^file:/i.test(url) ? fileOf(url) : (kept?.file ?? null);
    const there = file !== null && (await disk.stat(file)) !== null;
    const state = /^data:/i.test(url) || onTheWay.has(url) ? 'there' : stateHere(url, there);
    const identity = kept === null ? hashInName(url) : identityOf(kept.sha256);
    into.set(url, { state, identity, file: there ? file : null });
  };
  for (let i = 0; i < urls.length; i += AT_ONCE) {
    signal.throwIfAborted();
    await Promise.all(urls.slice(i, i + AT_ONCE).map(lookUp));
  }
}

/** As the plan of a run takes it: what nobody can ask for is gone. */
function stateHere(url: string, there: boolean): CacheEvidence['state'] {
  if (/^file:/i.test(url)) return there ? 'there' : 'gone';
  return strangeScheme(url) === null ? 'unknown' : 'gone';
}

/** Asks for the addresses on the web (storage/ask-addresses.ts). */
export async function askWeb(
  addresses: Map<string, SeenAddress>,
  deps: Pick<CacheDeps, 'fetch' | 'clock'>,
  limits: Pick<GatherLimits, 'addressMs' | 'addressesMs'>,
  unseen: Unseen,
  signal: AbortSignal,
): Promise<void> {
  const web = [...addresses].flatMap(([url, { state }]) =>
    state === 'unknown' && /^https?:/i.test(url) ? [url] : [],
  );
  const answers = await askAddresses(web, deps, {
    answerMs: limits.addressMs,
    allMs: limits.addressesMs,
    signal,
  });
  for (const [url, { status, identity }] of answers) {
    const known = addresses.get(url);
    if (known === undefined) continue;
    const state = isGone(status) ? 'gone' : status < 400 ? 'there' : 'unknown';
    addresses.set(url, {
      ...known,
      state,
      identity: known.identity ?? (state === 'there' ? identity : null),
    });
  }
  const silent = web.length - answers.size;
  if (silent > 0) unseen.push(`addresses: ${silent} of ${web.length} had no answer`);
}

/** Null: of another machine. */
function fileOf(url: string): string | null {
  try {
    return fileURLToPath(url);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** As many digits as names in a store have: equal for equal pictures, wherever they were seen. */
const DIGITS = 12;
export const identityOf = (sha256: string): string => `sha256:${sha256.slice(0, DIGITS)}`;

/** Names that our stores give have digits of the hash in them (behaviour.md §6). */
function hashInName(url: string): string | null {
  const digits = /-c\d+-([0-9a-f]{12})\.[a-z0-9]+(?:[?#]|$)/i.exec(url)?.[1];
  return digits === undefined ? null : `sha256:${digits.toLowerCase()}`;
}
