import fc from 'fast-check';
import { ErrorClass, type PlanReason, RunCause } from '../../../shared/domain.ts';
import type { JournalState } from '../../db/journal.ts';
import type { Evidence, NodeEvidence, PlaceEvidence, ServiceEvidence } from '../evidence.ts';
import { evidenceOf, NOW } from './evidence-builder.ts';

/** Arbitrary evidence: also what can hardly be, for a diagnosis must make something of it all the same. */

const STATES: JournalState[] = [
  'intent',
  'submitted',
  'completed',
  'downloaded',
  'stored',
  'written',
  'unsent',
  'failed',
  'timeout',
  'lost',
  'cancelled',
  'parked',
];
const REASONS: PlanReason[] = [
  'cached',
  'missing',
  'prompt changed',
  'reference changed',
  'model changed',
  'frame changed',
  'forced',
  'partial',
  'stale url',
  'not wanted (images mode)',
  'blocked by 3',
];

const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });
const time = fc.oneof(fc.integer({ min: 0, max: 2 * NOW }), fc.constant(Number.NaN), fc.constant(1e17));
const problem = maybe(fc.constantFrom('it is cut off', 'it is older than the prompt'));

const anyCache = fc.record({
  url: fc.integer({ max: 500, min: 1 }).map((n) => `https://store.test/${n}`),
  state: fc.constantFrom('there', 'gone', 'unknown'),
  named: fc.constantFrom('ours', 'ours', 'no scheme', 'other scene', 'other version', 'other workflow'),
  identity: maybe(fc.constantFrom('a', 'b', 'c')),
  shape: maybe(fc.constantFrom(9 / 16, 16 / 9, 0)),
});

const anyPlace: fc.Arbitrary<PlaceEvidence> = fc.record({
  row: fc.constant(1),
  candidate: fc.integer({ min: 1, max: 4 }),
  cache: maybe(anyCache),
  local: maybe(
    fc.record({
      file: fc.constant('/project/Assets/a.png'),
      size: fc.nat(),
      sha256: fc.constant('hash'),
      modifiedAt: time,
      problem,
    }),
  ),
  store: maybe(
    fc.record({
      key: fc.constant('key'),
      url: fc.constant('https://store.test/key'),
      size: fc.nat(),
      modifiedAt: maybe(time),
      hash: fc.constant(null),
      problem,
    }),
  ),
  journal: maybe(
    fc.record({
      id: fc.nat(),
      runId: fc.constant('run'),
      state: fc.constantFrom(...STATES),
      taskId: maybe(fc.constant('task')),
      intact: fc.boolean(),
      file: fc.constant(null),
      url: fc.constant(null),
      message: maybe(fc.string()),
      at: time,
    }),
  ),
});

const anyNode: fc.Arbitrary<NodeEvidence> = fc.record({
  nodeId: fc.integer({ min: 1, max: 30 }),
  tab: fc.constantFrom('Account A', 'Account B'),
  title: fc.string(),
  kind: fc.constantFrom('image', 'video'),
  scene: fc.integer({ min: 0, max: 12 }),
  reason: fc.constantFrom(...REASONS),
  aspectRatio: fc.constantFrom('9:16', '16:9', '', '0:0'),
  priceUSD: fc.constantFrom(0, 0.04, 0.4),
  needs: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 3 }),
  reroll: fc.option(fc.constantFrom([], [{ row: 1, candidate: 2 }]), { nil: null, freq: 5 }),
  places: fc.array(anyPlace, { maxLength: 5 }),
  surplus: fc.array(anyCache, { maxLength: 2 }),
  inUse: fc.nat({ max: 2 }),
});

const anyService: fc.Arbitrary<ServiceEvidence> = fc.record({
  state: fc.constantFrom('up', 'down', 'refused', 'unused', 'unknown'),
  address: fc.constant(null),
  message: maybe(fc.string()),
  cure: fc.constant(null),
});

export const anyEvidence: fc.Arbitrary<Evidence> = fc
  .record({
    nodes: fc.array(anyNode, { maxLength: 10 }),
    source: fc.constantFrom<Evidence['source'][]>(
      { state: 'sound', findings: [] },
      { state: 'sound', findings: [] },
      { state: 'missing' },
      { state: 'unreadable', message: 'It ends.', where: 'x:1:1' },
    ),
    nodesFrom: fc.constantFrom<Evidence['nodesFrom'][]>('source', { backup: 'b1' }),
    run: maybe(
      fc.record({
        runId: fc.constant('run'),
        status: fc.constantFrom('interrupted', 'completed', 'aborted'),
        live: fc.boolean(),
        mode: fc.constant('full'),
        demo: fc.boolean(),
        startedAt: time,
        endedAt: maybe(time),
        cause: maybe(fc.constantFrom(...RunCause.options)),
        message: maybe(fc.string()),
        backup: fc.constant(null),
      }),
    ),
    passes: fc.array(
      fc.record({
        runId: fc.string(),
        at: time,
        classes: fc.array(fc.constantFrom(...ErrorClass.options, ...RunCause.options), { maxLength: 3 }),
      }),
      { maxLength: 3 },
    ),
    export: maybe(
      fc.record({
        path: fc.constant('/project/Generations/x.nbflow'),
        at: time,
        state: fc.constantFrom('complete', 'with gaps', 'unreadable', 'other'),
        gaps: fc.array(fc.nat(), { maxLength: 3 }),
        message: maybe(fc.string()),
      }),
    ),
    backups: fc.array(
      fc.record({
        id: maybe(fc.constantFrom('b1', 'b2')),
        path: maybe(fc.constant('/project/backups/b')),
        at: time,
        reason: fc.constantFrom('pre-run', 'pre-cache-wipe', ''),
        sound: fc.boolean(),
        cached: fc.nat({ max: 20 }),
        images: fc.nat({ max: 20 }),
        videos: fc.nat({ max: 20 }),
      }),
      { maxLength: 3 },
    ),
    backend: anyService,
    tunnel: anyService,
  })
  .map((parts) => evidenceOf({ ...parts, errors: null }));
