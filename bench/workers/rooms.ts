import { type Profiler, Session } from 'node:inspector/promises';

/** Samples a thousandth of a second apart or closer cost little and still tell the rooms apart. */
const SAMPLE_US = 500;

/** Which part of the runner a source file belongs to; the first that matches counts. */
const rooms: [room: string, path: RegExp][] = [
  ['journal (SQLite, syncs included)', /\/src\/main\/db\/|node_modules\/better-sqlite3\//],
  ['media check (decode)', /\/platform\/(media|mp4)\.ts|node_modules\/(sharp|detect-libc)\//],
  [
    'workflow file (edit, write)',
    /\/src\/main\/workflow\/|\/runner\/(source-\w+|write-back|node-edits|export)\.ts/,
  ],
  [
    'output files (Assets, store)',
    /\/platform\/(atomic-file|disk|shared-call)\.ts|\/storage\/|node:internal\/fs|node:fs/,
  ],
  [
    'wire (HTTP)',
    /\/backend\/|node:_http|node:http|node:net|node:internal\/stream|node:stream|node:internal\/http/,
  ],
  ['view and events', /\/runner\/(recorder|live-view|initial-view|run-state)\.ts|\/bench\//],
  ['schedule and the rest', /\/src\/|node_modules\//],
];
const known = new Map([
  ['(idle)', 'waiting (idle)'],
  ['(garbage collector)', 'garbage collector'],
  ['(program)', 'Node itself'],
]);

/** Profiles this process until the returned function is called: milliseconds of the main thread for each room. */
export async function watchRooms(): Promise<() => Promise<Record<string, number>>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_US });
  await session.post('Profiler.start');
  return async () => {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    return roomsOf(profile);
  };
}

/** A sample belongs to the innermost caller that is ours or a library's: what it called, it answers for. */
function roomsOf(profile: Profiler.Profile): Record<string, number> {
  const frames = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
  const callers = new Map(
    profile.nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id] as const)),
  );
  const roomOf = (sample: number): string => {
    const named = known.get(frames.get(sample)?.functionName ?? '');
    if (named !== undefined) return named;
    for (let at: number | undefined = sample; at !== undefined; at = callers.get(at)) {
      const url = frames.get(at)?.url ?? '';
      const room = rooms.find(([, path]) => path.test(url));
      if (room) return room[0];
    }
    return 'Node itself';
  };
  const sums: Record<string, number> = {};
  (profile.samples ?? []).forEach((sample, i) => {
    const room = roomOf(sample);
    sums[room] = (sums[room] ?? 0) + (profile.timeDeltas?.[i] ?? 0) / 1000;
  });
  return sums;
}
