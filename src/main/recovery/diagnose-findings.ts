import { ErrorClass } from '../../shared/domain.ts';
import { errorWords } from '../../shared/error-words.ts';
import type { RecoveryFinding } from '../../shared/recovery.ts';
import { finding } from './diagnose-finding.ts';
import { outputFindings } from './diagnose-findings-output.ts';
import { needsBackend, type Reading } from './diagnose-reading.ts';
import type { ErrorEvidence, Evidence, ExportEvidence } from './evidence.ts';
import { failedDifferently, isAway } from './verdict.ts';
import { asPart, backupTimeWords, backupWords, className, count, listed, nameOfPath } from './words.ts';

/**
 * All that was seen and that a person would want as evidence, worst first. Many of a kind become one with a count, so
 * that there are never more than some dozens.
 */
export function findingsOf(reading: Reading, now: number): RecoveryFinding[] {
  const { evidence } = reading;
  const outputs = outputFindings(reading);
  // One finding says already that addresses did not answer.
  const isSaid = (what: string) =>
    what.startsWith('addresses:') && outputs.some(({ code }) => code === 'url-unknown');
  const all = [
    ...sourceFindings(evidence, now),
    ...passFindings(evidence),
    ...outputs,
    ...checkFindings(reading),
    ...exportFindings(evidence),
    ...serviceFindings(reading),
    ...errorFindings(evidence),
    ...backupFindings(evidence, now),
    ...evidence.unseen
      .filter((what) => !isSaid(what))
      .slice(0, UNSEEN)
      .map((what) => finding('unseen', 'note', `Not all could be looked at: ${asPart(what)}.`)),
  ];
  return [...all.filter(isProblem), ...all.filter((one) => !isProblem(one))];
}

const UNSEEN = 10;
const isProblem = ({ severity }: RecoveryFinding): boolean => severity === 'problem';

function sourceFindings({ source, path, nodesFrom, backups }: Evidence, now: number): RecoveryFinding[] {
  if (source.state === 'sound') return [];
  const found =
    source.state === 'missing'
      ? finding('source-missing', 'problem', 'The workflow file is not there.', { where: path })
      : finding(
          'source-unreadable',
          'problem',
          `The workflow file cannot be read: ${asPart(source.message)}.`,
          {
            where: source.where,
          },
        );
  if (nodesFrom === 'source') return [found];
  const from = backups.find(({ id, path: at }) => [id, at].includes(nodesFrom.backup));
  const what = from === undefined ? 'a backup' : backupWords(from, now);
  return [
    found,
    finding('judged-by-backup', 'note', `What is told of the nodes is by ${what}.`, { where: from?.path }),
  ];
}

function passFindings({ passes }: Evidence): RecoveryFinding[] {
  const two = failedDifferently(passes);
  if (two === null) return [];
  const [before, last] = two.map(({ classes }) => listed([...new Set(classes)].map(className)));
  return [
    finding('passes-differ', 'problem', `Two recoveries failed: one with ${before}, one with ${last}.`, {
      cure: 'Start again from the brief, or look at both runs before another try.',
    }),
  ];
}

/** One for all: the check itself stands beside the findings. */
function checkFindings({ errors }: Reading): RecoveryFinding[] {
  const [first] = errors;
  if (first === undefined) return [];
  const more = errors.length === 1 ? '' : ` The first of ${errors.length}.`;
  return [
    finding('sanity-error', 'problem', `The sanity check: ${asPart(first.message)}.${more}`, {
      nodeId: first.nodeId,
      where: first.where,
      cure: first.cure,
    }),
  ];
}

function exportFindings({ export: made }: Evidence): RecoveryFinding[] {
  if (made === null) return [finding('output-missing', 'note', 'There is no export of this version.')];
  const name = nameOfPath(made.path);
  const where = made.path;
  switch (made.state) {
    case 'complete':
      return [finding('output-complete', 'note', `The export ${name} has output for every node.`, { where })];
    case 'unreadable': {
      const { words, at } = unreadableWords(made);
      return [
        finding('output-truncated', 'problem', words, {
          where: at,
          cure: 'Do not use it. A new one is written beside it.',
        }),
      ];
    }
    case 'with gaps':
      return [
        finding(
          'output-gaps',
          'problem',
          `The export ${name} lacks output of ${count(made.gaps.length, 'node')}.`,
          {
            where,
            nodeId: made.gaps.length === 1 ? made.gaps[0] : null,
          },
        ),
      ];
    case 'other':
      return [
        finding('output-other', 'note', `The export ${name} has other nodes than the workflow.`, { where }),
      ];
  }
}

/** What keeps an export from being read names the file, and the place in brackets: said once, the place for itself. */
function unreadableWords({ path, message }: ExportEvidence): { words: string; at: string } {
  const name = nameOfPath(path);
  if (message === null) return { words: `The export ${name} cannot be read.`, at: path };
  const placed = / \(([^()]+)\)\.?$/.exec(message);
  const at = placed?.[1]?.startsWith(path) ? placed[1] : path;
  const why = asPart(at === path ? message : message.slice(0, placed?.index));
  const words = why.startsWith(name) ? `The export ${why}.` : `The export ${name} cannot be read: ${why}.`;
  return { words, at };
}

function serviceFindings({ evidence: { backend, tunnel }, resume }: Reading): RecoveryFinding[] {
  const severity = needsBackend(resume) ? 'problem' : 'note';
  const found: RecoveryFinding[] = [];
  if (isAway(backend.state)) {
    const refused = backend.state === 'refused';
    const what = refused ? 'G-Labs refuses this machine' : 'G-Labs does not answer';
    found.push(
      finding(refused ? 'backend-refused' : 'backend-down', severity, told(what, backend.message), {
        where: backend.address,
        cure: backend.cure ?? (refused ? 'Give it a key it takes.' : 'Start G-Labs.'),
      }),
    );
  }
  if (isAway(tunnel.state)) {
    found.push(
      finding('tunnel-down', severity, told('The tunnel is down', tunnel.message), {
        where: tunnel.address,
        cure: tunnel.cure ?? 'Start the tunnel.',
      }),
    );
  }
  return found;
}

const told = (what: string, why: string | null): string =>
  why === null || why.trim() === '' ? `${what}.` : `${what}: ${asPart(why)}.`;

const ENTRIES = 5;

function errorFindings({ errors, run }: Evidence): RecoveryFinding[] {
  if (errors === null) return [];
  const named = errors.entries.slice(0, ENTRIES).map((entry) =>
    finding('node-failed', 'problem', failureWords(entry), {
      nodeId: entry.nodeId,
      where: errors.path,
      cure: cureOf(entry, run === null),
    }),
  );
  const more = errors.entries.length - named.length;
  if (more <= 0) return named;
  const rest = `${count(more, 'more failure')} ${more === 1 ? 'stands' : 'stand'} in ${nameOfPath(errors.path)}.`;
  return [...named, finding('node-failed', 'problem', rest, { where: errors.path })];
}

/** Of what another tool ordered no task is known that could be asked for. */
function cureOf({ type }: ErrorEvidence, isOfAnotherTool: boolean): string | null {
  if (!isClass(type)) return null;
  if (type === 'timeout' && isOfAnotherTool) return 'Run again. If it stays, raise the timeout of the node.';
  return errorWords[type].cure;
}

const failureWords = ({ nodeId, type, message, attempts }: ErrorEvidence): string => {
  const who = nodeId === null ? 'A node' : `Node ${nodeId}`;
  const tries = attempts > 1 ? ` after ${attempts} attempts` : '';
  return `${who} failed${tries} (${type}): ${asPart(message)}.`;
};

const isClass = (type: string): type is ErrorClass => ErrorClass.safeParse(type).success;

function backupFindings({ backups }: Evidence, now: number): RecoveryFinding[] {
  const newest = backups
    .filter(({ sound }) => sound)
    .reduce<(typeof backups)[number] | null>(
      (best, backup) => (best === null || backup.at > best.at ? backup : best),
      null,
    );
  const damaged = backups.filter(({ sound }) => !sound);
  const found: RecoveryFinding[] = [];
  if (damaged.length > 0) {
    const what = `${count(damaged.length, 'backup')} of ${backups.length} ${damaged.length === 1 ? 'is' : 'are'} damaged and will not be put back.`;
    found.push(finding('backup-damaged', 'problem', what, { where: damaged[0]?.path }));
  }
  if (newest === null)
    return [...found, finding('backup-none', 'note', 'There is no sound backup of this workflow.')];
  const has = newest.cached === 0 ? 'no output' : `output for ${count(newest.cached, 'candidate')}`;
  const words = `The newest sound backup is of ${backupTimeWords(newest, now)}, with ${has}.`;
  return [...found, finding('backup-found', 'note', words, { where: newest.path })];
}
