import { isAlive } from '../../test-support.ts';
import type { Resident } from './census.ts';
import { type Stage, soon } from './stage.ts';
import type { Upkeep } from './upkeep.ts';
import type { Watch } from './watch.ts';

/** How long everything may take to be well again: the patience with Cloudflare, in the supervisor's time, and a start. */
const CALM_MS = 240_000;

/** After the last event: everything is up, one of each kind, and everybody has the address that works. */
export async function judgeCalm(stage: Stage): Promise<void> {
  const { chronicle, edge, told, db } = stage;
  const isCalm = () => {
    const [glabs, tunnel] = [stage.view('glabs'), stage.view('tunnel')];
    const facts = tunnel?.tunnel;
    const revision = facts?.address?.revision;
    return (
      glabs?.state === 'ready' &&
      facts?.stage === 'verified' &&
      facts.consumers.every((each) => each.state === 'confirmed' && each.revision === revision)
    );
  };
  if (!(await soon(CALM_MS, isCalm))) {
    const words = (['glabs', 'tunnel'] as const).map((name) => {
      const { log: _log, ...seen } = { log: [], ...stage.view(name) };
      return JSON.stringify(seen);
    });
    chronicle.fault(`not everything is up again: ${words.join('\n')}`);
    return;
  }
  const residents = await stage.residents();
  for (const [what, service] of [
    ['glabs', 'glabs'],
    ['cloudflared', 'tunnel'],
  ] as const) {
    const here = residents.filter((one) => one.what === what).map(({ pid }) => pid);
    const noted = db.serviceChildren.all().filter((row) => row.service === service);
    const alive = noted.map(({ pid }) => pid).filter(isAlive);
    if (here.length !== 1 || alive.length !== 1 || here[0] !== alive[0]) {
      chronicle.fault(`of ${what} there live ${here.join(', ')}; the registry has ${alive.join(', ')}`);
    }
  }
  const url = stage.view('tunnel')?.tunnel?.address?.url ?? '';
  const newest = db.tunnelAddresses.current();
  if (newest?.url !== url) chronicle.fault(`the newest address is ${newest?.url}, told is ${url}`);
  const { has, spoilt } = await told.read();
  for (const [name, found] of Object.entries(has)) {
    if (found !== url) chronicle.fault(`${name} has ${found}, not ${url}`);
  }
  for (const text of spoilt) chronicle.fault(text);
  const answer = await edge.ask(new URL(url).host, '/api/health');
  if (answer.status !== 200) chronicle.fault(`${url} answers ${answer.status}`);
}

/** `up` is ended as by Ctrl-C: nothing of ours is left. */
export async function judgeEnd(stage: Stage, upkeep: Upkeep, watch: Watch): Promise<void> {
  const { chronicle } = stage;
  const code = await upkeep.end();
  if (code !== 0) chronicle.fault(`up ended with ${code} when it was asked to`);
  await watch.end();
  const left = await stage.residents();
  for (const one of left) chronicle.fault(`still there: ${wordsOf(one)}`);
  const known = watch.seen().length;
  chronicle.tell('end', `${known} processes were seen in all, ${left.length} are left`);
  for (const row of stage.db.serviceChildren.all()) {
    if (isAlive(row.pid))
      chronicle.fault(`the registry has process ${row.pid} (${row.service}), which lives`);
  }
}

const wordsOf = ({ pid, what, command }: Resident): string => `process ${pid}, ${what}: ${command}`;
