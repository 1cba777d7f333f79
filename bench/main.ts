import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Claim } from './claim.ts';
import { backupsClaim } from './claims/backups.ts';
import { bigWorkflowClaim } from './claims/big-workflow.ts';
import { bringUpClaim } from './claims/bring-up.ts';
import { candidateClaim } from './claims/candidate.ts';
import { coldStartClaim } from './claims/cold-start.ts';
import { consumersClaim } from './claims/consumers.ts';
import { diagnosisClaim } from './claims/diagnosis.ts';
import { diffingClaim } from './claims/diffing.ts';
import { eventLoopClaim } from './claims/event-loop.ts';
import { historyClaim } from './claims/history.ts';
import { idleClaim } from './claims/idle.ts';
import { journalingClaim } from './claims/journaling.ts';
import { makespanClaim } from './claims/makespan.ts';
import { noticingClaim } from './claims/noticing.ts';
import { recoveringClaim } from './claims/recovering.ts';
import { restoringClaim } from './claims/restoring.ts';
import { storeClaim } from './claims/store.ts';
import { writeBackClaim } from './claims/write-back.ts';
import { busyShare, coreTimes, loadNow, lookAtMachine } from './machine.ts';
import { root } from './processes.ts';
import { asMarkdown, type Report } from './report.ts';

// npm run bench [-- NAME … --runs N --out FOLDER]: measures the claims of the project and writes bench/results.

const claims: readonly Claim[] = [
  candidateClaim,
  makespanClaim,
  bigWorkflowClaim,
  coldStartClaim,
  eventLoopClaim,
  storeClaim,
  writeBackClaim,
  noticingClaim,
  bringUpClaim,
  consumersClaim,
  historyClaim,
  idleClaim,
  journalingClaim,
  recoveringClaim,
  restoringClaim,
  diagnosisClaim,
  diffingClaim,
  backupsClaim,
];
const say = (line: string) => process.stderr.write(`${line}\n`);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '5' }, out: { type: 'string' } },
});
const runs = Number(values.runs);
const chosen = claims.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const unknown = positionals.filter((name) => !claims.some((claim) => claim.name === name));
if (unknown.length > 0 || !Number.isInteger(runs) || runs < 1) {
  say(
    `Use: npm run bench [-- NAME … --runs N --out FOLDER]. Names: ${claims.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}

const report: Report = {
  at: new Date().toISOString(),
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
  machine: lookAtMachine(),
  surroundings: {},
  findings: [],
};
const scratch = await mkdtemp(join(tmpdir(), 'flowdeck-bench-'));
try {
  for (const { name, measure } of chosen) {
    const before = coreTimes();
    report.findings.push(await measure({ runs, scratch, say: (line) => say(`${name}: ${line}`) }));
    report.surroundings[name] = { busy: busyShare(before), load: loadNow() };
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
}
process.stdout.write(asMarkdown(report));
// A part of the claims is for looking at; only a whole round, or a folder that was asked for, is written down.
const out = values.out ?? (chosen.length === claims.length ? join(root, 'bench/results') : null);
if (out !== null) {
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'results.json'), `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(join(out, 'results.md'), asMarkdown(report));
}
