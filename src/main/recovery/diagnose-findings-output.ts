import type { RecoveryFinding } from '../../shared/recovery.ts';
import { finding } from './diagnose-finding.ts';
import { isGone, type Reading } from './diagnose-reading.ts';
import type { Doubt } from './diagnose-suspicion.ts';
import type { NodeEvidence, PlaceEvidence } from './evidence.ts';
import { asPart, capital, count } from './words.ts';
import { DOUBT_CURE, doubtWords, LOST_CURE, PARKED_CURE, scenesWords } from './words-findings.ts';
import { takenWords } from './words-plans.ts';

/** More nodes than that with the same trouble become one finding. */
const NAMED = 3;

/** What was seen of outputs: in the file, in `Assets/`, in the store, in the journal. */
export function outputFindings(reading: Reading): RecoveryFinding[] {
  return [
    ...goneFindings(reading),
    ...doubtFindings(reading),
    ...parkedFindings(reading),
    ...lostFindings(reading),
    ...foundFindings(reading),
    ...leftOutFindings(reading),
    ...staleFindings(reading),
    ...unknownFindings(reading),
    ...surplusFindings(reading),
  ];
}

interface Trouble {
  node: NodeEvidence;
  places: PlaceEvidence[];
}

function troubles({ evidence }: Reading, has: (place: PlaceEvidence) => boolean): Trouble[] {
  const found: Trouble[] = [];
  for (const node of evidence.nodes) {
    if (node.places.some(has)) found.push({ node, places: node.places.filter(has) });
  }
  return found;
}

const all = (found: readonly Trouble[]): PlaceEvidence[] => found.flatMap(({ places }) => places);
const scenesOf = (found: readonly Trouble[]): string => scenesWords(found.map(({ node }) => node.scene));

function goneFindings(reading: Reading): RecoveryFinding[] {
  const found = troubles(reading, isGone);
  const cure = 'Resume: they are made again at their places, the others stay.';
  if (found.length > NAMED) {
    const words = `${all(found).length} addresses in the file lead nowhere any more, of ${count(found.length, 'node')} (${scenesOf(found)}).`;
    return [finding('url-gone', 'problem', words, { where: all(found)[0]?.cache?.url, cure })];
  }
  return found.map(({ node, places }) =>
    finding(
      'url-gone',
      'problem',
      `${node.title}: ${places.length} of ${node.places.length} addresses lead nowhere any more.`,
      {
        nodeId: node.nodeId,
        where: places[0]?.cache?.url,
        cure,
      },
    ),
  );
}

function doubtFindings({ evidence, suspicions }: Reading): RecoveryFinding[] {
  const kinds = [...new Set(suspicions.map(({ why }) => why))];
  return kinds.flatMap((why) => {
    const ofKind = suspicions.filter((suspicion) => suspicion.why === why);
    const nodes = [...new Set(ofKind.map(({ node }) => node))];
    if (nodes.length > NAMED) {
      const scenes = scenesWords(nodes.map((at) => evidence.nodes[at]?.scene ?? 0));
      const words = doubtWords(why, ofKind.length, `${count(nodes.length, 'node')} (${scenes})`, []);
      return [finding(codeOf(why), 'problem', words, { where: ofKind[0]?.url, cure: DOUBT_CURE })];
    }
    return nodes.map((at) => {
      const own = ofKind.filter(({ node }) => node === at);
      const nodeId = evidence.nodes[at]?.nodeId;
      const others = new Set(own.flatMap(({ owners }) => [...owners].filter((id) => id !== nodeId)));
      const words = doubtWords(why, own.length, evidence.nodes[at]?.title ?? '', [...others]);
      return finding(codeOf(why), 'problem', words, { nodeId, where: own[0]?.url, cure: DOUBT_CURE });
    });
  });
}

const codeOf = (why: Doubt): string => why.replace(' ', '-');

function parkedFindings(reading: Reading): RecoveryFinding[] {
  return journalFindings(reading, 'parked', 'journal-parked', PARKED_CURE, (n) =>
    n === 1 ? 'Nobody can tell whether 1 request arrived' : `Nobody can tell whether ${n} requests arrived`,
  );
}

function lostFindings(reading: Reading): RecoveryFinding[] {
  return journalFindings(
    reading,
    'lost',
    'journal-lost',
    LOST_CURE,
    (n) => `${count(n, 'request')} may have been paid for and ${n === 1 ? 'is' : 'are'} gone`,
  );
}

function journalFindings(
  reading: Reading,
  state: 'parked' | 'lost',
  code: string,
  cure: string,
  words: (n: number) => string,
): RecoveryFinding[] {
  const found = troubles(reading, ({ journal }) => journal?.state === state);
  if (found.length > NAMED) {
    return [finding(code, 'problem', `${words(all(found).length)} (${scenesOf(found)}).`, { cure })];
  }
  return found.map(({ node, places }) => {
    const why = places[0]?.journal?.message;
    const because = why === null || why === undefined ? '' : `: ${asPart(why)}`;
    return finding(code, 'problem', `${node.title}: ${uncapital(words(places.length))}${because}.`, {
      nodeId: node.nodeId,
      cure,
    });
  });
}

const uncapital = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);

function foundFindings({ resume: { total } }: Reading): RecoveryFinding[] {
  const found: RecoveryFinding[] = [];
  if (total.asked > 0) {
    const words = `${count(total.asked, 'task')} ordered already ${total.asked === 1 ? 'is' : 'are'} not fetched. G-Labs is asked for ${total.asked === 1 ? 'it' : 'them'} before anything is ordered.`;
    found.push(finding('task-open', 'note', words));
  }
  const taken = takenWords(total);
  if (taken !== '') found.push(finding('output-found', 'note', `Can be taken without paying: ${taken}.`));
  return found;
}

function leftOutFindings(reading: Reading): RecoveryFinding[] {
  const reasons = new Map<string, { code: string; n: number; where: string }>();
  const note = (code: string, problem: string | null | undefined, where: string) => {
    if (problem === null || problem === undefined) return;
    const key = `${code}\n${problem}`;
    const known = reasons.get(key);
    if (known) known.n++;
    else reasons.set(key, { code, n: 1, where });
  };
  for (const { places } of reading.evidence.nodes) {
    for (const { local, store } of places) {
      note('asset-left-out', local?.problem, local?.file ?? '');
      note('object-left-out', store?.problem, store?.url ?? '');
    }
  }
  return [...reasons].slice(0, REASONS).map(([key, { code, n, where }]) => {
    const why = asPart(key.slice(key.indexOf('\n') + 1));
    const what = code === 'asset-left-out' ? 'in Assets' : 'in the store';
    return finding(
      code,
      'note',
      `${count(n, 'candidate')} ${what} ${n === 1 ? 'is left out' : 'are left out, each'} because ${why}.`,
      { where },
    );
  });
}

const REASONS = 10;

function staleFindings({ evidence, stale }: Reading): RecoveryFinding[] {
  const nodes = evidence.nodes.filter(
    ({ places }, at) => stale[at] && places.some(({ cache }) => cache !== null),
  );
  const reasons = [
    ...new Set(nodes.map(({ reason }) => (reason.endsWith(' changed') ? reason : 'frame changed'))),
  ];
  return reasons.map((reason) => {
    const of = nodes.filter(
      (node) => node.reason === reason || (reason === 'frame changed' && !node.reason.endsWith(' changed')),
    );
    const words = `${count(of.length, 'node')} no longer ${of.length === 1 ? 'fits' : 'fit'} (${reason}; ${scenesWords(of.map(({ scene }) => scene))}) and ${of.length === 1 ? 'is' : 'are'} made anew.`;
    return finding('output-stale', 'note', capital(words), {
      cure: 'To keep them as they are, accept them in Workflows.',
    });
  });
}

function unknownFindings(reading: Reading): RecoveryFinding[] {
  const found = all(troubles(reading, ({ cache }) => cache?.state === 'unknown'));
  if (found.length === 0) return [];
  const one = found.length === 1;
  const words = `${count(found.length, 'address', 'addresses')} in the file could not be looked up. What ${one ? 'it leads' : 'they lead'} to is taken to be there.`;
  return [finding('url-unknown', 'note', words, { where: found[0]?.cache?.url })];
}

function surplusFindings({ evidence }: Reading): RecoveryFinding[] {
  const gone = evidence.nodes.flatMap(({ surplus }) => surplus.filter(({ state }) => state === 'gone'));
  if (gone.length === 0) return [];
  const words = `${count(gone.length, 'address', 'addresses')} beyond what is wanted ${gone.length === 1 ? 'leads' : 'lead'} nowhere any more.`;
  return [finding('url-gone-surplus', 'note', words, { where: gone[0]?.url })];
}
