import { openFlowdeck } from '../flowdeck.ts';

// For tests only: a Flowdeck in a process of its own that opens the services of a data folder, tells what it sees of
// them as NDJSON, and does what it reads: "start glabs", "stop tunnel", "close". Usage: node supervisor-process.ts DIR

const say = (record: object) => process.stdout.write(`${JSON.stringify(record)}\n`);
const flowdeck = await openFlowdeck({ face: 'test', env: process.env, dataDir: process.argv[2] ?? '' });
const services = await flowdeck.services();
say({ type: 'open', pid: process.pid, supervisor: services.supervisor() });
services.subscribe(({ service }) => {
  const { name, state, pid, supervisor, tunnel } = service;
  say({ type: name, state, pid, supervisor, stage: tunnel?.stage ?? null, url: service.url });
});

let rest = '';
process.stdin.on('data', (text: Buffer) => {
  const lines = (rest + text.toString()).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) void obey(line);
});

async function obey(line: string): Promise<void> {
  const [action = '', name = ''] = line.split(' ');
  if (action === 'close') {
    await flowdeck.close();
    process.exit(0);
  }
  if ((action !== 'start' && action !== 'stop') || (name !== 'glabs' && name !== 'tunnel')) return;
  await services[name][action]().then(
    () => say({ type: 'done', action, name }),
    (error: unknown) => say({ type: 'refused', action, name, message: String(error) }),
  );
}
