import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { toFailure } from '../../../../shared/failure.ts';
import type { BackupRow } from '../../../db/backups.ts';
import { hashOf } from '../../../platform/content-hash.ts';
import { createDice, type Dice } from '../../../runner/testing/sim/dice.ts';
import { editWorkflow, type NodeEdit } from '../../../workflow/edit.ts';
import { FIRST, firstText, type LineageWorld, openLineageWorld } from './lineage-world.ts';

/**
 * Months in the life of a workflow: people save it, wipe it, make versions of it, put backups back, undo that, set the
 * clock, delete `backups/`. Afterwards every content that a step of Flowdeck's ever replaced must come back, byte for byte.
 */
export interface AnyStateWish {
  seed: number;
  steps: number;
  say?: (line: string) => void;
}

export interface AnyStateSums {
  /** Steps by name; those that were refused end with the code. */
  steps: Record<string, number>;
  /** Contents that were replaced, and so had to come back. */
  states: number;
  faults: string[];
}

/** A content that was at this path. */
interface State {
  path: string;
  text: string;
  /** What replaced it: `17 restores`. */
  by: string;
}

interface Life {
  world: LineageWorld;
  dice: Dice;
  /** By path and content. */
  states: Map<string, State>;
  /** The newest backup a step told of: what Undo would put back. */
  undo: { path: string; id: string } | null;
  count: number;
}

const DAY = 24 * 60 * 60 * 1000;
/** What Flowdeck may say no to, and why it is right. */
const REFUSALS = new Set([
  'usage', // nothing to take back, approved already
  'folder', // the next name is taken by a version that was brought back
  'workflow-unreadable', // a person saved half a file
]);

/** Plays one life on a real disk, and looks whether every state can be returned to. Same seed, same life. */
export async function liveThrough({
  seed,
  steps,
  say = () => undefined,
}: AnyStateWish): Promise<AnyStateSums> {
  const world = await openLineageWorld();
  try {
    const life: Life = { world, dice: createDice(seed), states: new Map(), undo: null, count: 0 };
    const sums: AnyStateSums = { steps: {}, states: 0, faults: [] };
    for (let n = 1; n <= steps; n++) {
      // However the dice fall, backups/ goes once, and more often than that.
      const name = n === Math.ceil(steps / 2) ? 'deletes backups' : nextStep(life.dice);
      const fault = await step(name, life, sums.steps);
      say(`${n} ${name}${fault === null ? '' : `: ${fault}`}`);
      if (fault !== null) sums.faults.push(`seed ${seed}, step ${n}, ${name}: ${fault}`);
      if (sums.faults.length > 0) return sums;
    }
    sums.states = life.states.size;
    await rm(world.backups, { recursive: true, force: true });
    for (const state of life.states.values()) {
      const fault = await comesBack(state, life);
      if (fault !== null) sums.faults.push(`seed ${seed}: ${fault}`);
    }
    return sums;
  } finally {
    await world.close();
  }
}

type Step = (life: Life, path: string) => Promise<void>;

/** What happens, and how often against each other. */
const happenings: Record<string, { weight: number; step: Step }> = {
  saves: { weight: 30, step: saves },
  'saves half a file': { weight: 1, step: ({ world }, path) => savesHalf(world, path) },
  'deletes the file': { weight: 1, step: (_, path) => rm(path) },
  wipes: { weight: 10, step: wipes },
  bumps: { weight: 6, step: async ({ world }, path) => void (await world.flowdeck.history.bump(path, '')) },
  'edits a prompt': { weight: 6, step: editsPrompt },
  graduates: {
    weight: 1,
    step: async ({ world }, path) => void (await world.flowdeck.history.graduate(path, '')),
  },
  'undoes the version': {
    weight: 4,
    step: async ({ world }, path) => void (await world.flowdeck.history.undoVersion(path)),
  },
  restores: { weight: 14, step: (life, path) => restores(life, path, {}) },
  'restores wiped': { weight: 6, step: (life, path) => restores(life, path, { wipeCache: true }) },
  'restores elsewhere': { weight: 4, step: restoresElsewhere },
  undoes: { weight: 10, step: undoes },
  'backs up': { weight: 4, step: backsUp },
  'puts a copy there': { weight: 3, step: putsCopy },
  'deletes backups': { weight: 1, step: ({ world }) => rm(world.backups, { recursive: true, force: true }) },
  'sets the clock': {
    weight: 4,
    step: async ({ world, dice }) => void world.clock.set(dice.between(-3 * DAY, 3 * DAY)),
  },
};
const BY_PEOPLE = new Set(['saves', 'saves half a file', 'deletes the file', 'deletes backups']);

function nextStep(dice: Dice): string {
  const all = Object.entries(happenings);
  let left = dice.below(all.reduce((sum, [, { weight }]) => sum + weight, 0));
  for (const [name, { weight }] of all) {
    left -= weight;
    if (left < 0) return name;
  }
  return 'saves';
}

/** Gives what is wrong. */
async function step(name: string, life: Life, counts: Record<string, number>): Promise<string | null> {
  const { world, dice } = life;
  life.count += 1;
  const before = await world.live();
  const [first, ...others] = [...before.keys()];
  if (first === undefined && rowsOf(world).length === 0) {
    await writeFile(join(world.testing, FIRST), firstText());
    return null;
  }
  // Whoever deleted the last one brings it back.
  const path = first === undefined ? join(world.testing, FIRST) : dice.pick([first, ...others]);
  const what = first === undefined && name !== 'deletes backups' ? 'restores' : name;
  let refused = '';
  try {
    await happenings[what]?.step(life, path);
  } catch (error) {
    const { code, message } = toFailure(error);
    if (!REFUSALS.has(code)) return `${code}: ${message}`;
    refused = `, ${code}`;
  }
  counts[`${what}${refused}`] = (counts[`${what}${refused}`] ?? 0) + 1;
  const after = await world.live();
  const replaced = [...before].filter(([at, text]) => after.get(at) !== text);
  if (refused !== '' && replaced.length > 0) return 'it was refused, and a file is another';
  if (BY_PEOPLE.has(what)) return null;
  for (const [at, text] of replaced) note(life, at, text, what);
  return null;
}

const note = ({ states, count }: Life, path: string, text: string, what: string): void => {
  states.set(`${path}\n${text}`, { path, text, by: `${count} ${what}` });
};

async function saves({ world, dice, count }: Life, path: string): Promise<void> {
  const text = (await world.live()).get(path) ?? '';
  const edits: [NodeEdit, ...NodeEdit[]] = [
    { nodeId: dice.pick([2, 12]), properties: { text: `Words of step ${count}, ${dice.next()}.` } },
    { nodeId: 4, properties: { _savedImages: [`https://a.example/${count}.png`], _cacheKey: 'a key' } },
    { nodeId: 9, properties: { _savedClips: [`https://a.example/${count}.mp4`] } },
  ];
  // Of half a file they begin anew.
  const whole = text.trimEnd().endsWith('}') ? text : firstText();
  await writeFile(path, editWorkflow(whole, [dice.pick(edits)]));
}

async function savesHalf(world: LineageWorld, path: string): Promise<void> {
  const text = (await world.live()).get(path) ?? '';
  await writeFile(path, text.slice(0, text.lastIndexOf('}')));
}

async function wipes(life: Life, path: string): Promise<void> {
  const { backup } = await life.world.flowdeck.editing.wipe(path, {});
  if (backup !== null) life.undo = { path, id: backup.id };
}

async function editsPrompt({ world, dice, count }: Life, path: string): Promise<void> {
  const edit = { nodeId: dice.pick([2, 12]), row: null, text: `A prompt of step ${count}.` };
  await world.flowdeck.editing.editPrompts(path, [edit]);
}

async function restores(life: Life, path: string, how: { wipeCache?: boolean }): Promise<void> {
  const { dice, world } = life;
  const rows = rowsOf(world);
  const row = rows[dice.below(rows.length)];
  if (row === undefined) return;
  // Now and then one that is not there any more comes back at its place.
  const to = dice.chance(0.1) ? row.workflow : path;
  const entry = dice.chance(0.5) || row.path === null ? row.id : row.path;
  const { undoBackupId } = await world.flowdeck.history.restore(to, { entry, ...how });
  life.undo = undoBackupId === null ? null : { path: to, id: undoBackupId };
}

async function restoresElsewhere({ world, dice, count }: Life, path: string): Promise<void> {
  const rows = rowsOf(world);
  const row = rows[dice.below(rows.length)];
  if (row === undefined) return;
  const to = join(world.group, 'elsewhere', `${count}.nbflow`);
  await world.flowdeck.history.restore(path, { entry: row.id, to, wipeCache: dice.chance(0.3) });
}

async function undoes(life: Life): Promise<void> {
  const { world, undo } = life;
  if (undo === null) return;
  const { undoBackupId } = await world.flowdeck.history.restore(undo.path, { entry: undo.id });
  life.undo = undoBackupId === null ? null : { path: undo.path, id: undoBackupId };
}

async function backsUp(life: Life, path: string): Promise<void> {
  const text = (await life.world.live()).get(path);
  await life.world.flowdeck.history.backup(path, { reason: 'By hand!' });
  if (text !== undefined) note(life, path, text, 'backs up');
}

/** Somebody puts a copy there, and it is put back: from then on it belongs to what must be kept. */
async function putsCopy(life: Life, path: string): Promise<void> {
  const { world, count } = life;
  const text = firstText().replace('A fox', `Copy ${count}: a fox`);
  const copy = join(world.backups, `${basename(path)}.bak-2026-01-01-theirs-${count}`);
  await mkdir(world.backups, { recursive: true });
  await writeFile(copy, text);
  const { undoBackupId } = await world.flowdeck.history.restore(path, { entry: copy });
  note(life, path, text, 'puts a copy there');
  life.undo = undoBackupId === null ? null : { path, id: undoBackupId };
}

/** To a new place, in place, and back again from there. Gives what is wrong. */
async function comesBack({ path, text, by }: State, { world, count }: Life): Promise<string | null> {
  const { history } = world.flowdeck;
  const sha256 = await hashOf(Buffer.from(text));
  const row = rowsOf(world).find((one) => one.workflow === path && one.sha256 === sha256);
  if (row === undefined) return `no backup of ${basename(path)} has what ${by} replaced`;
  const to = join(world.group, 'returned', `${row.id}.nbflow`);
  await history.restore(path, { entry: row.id, to });
  if ((await contentOf(to)) !== text) return `${row.reason} came back as something else at ${to}`;
  const before = (await world.live()).get(path) ?? null;
  const { undoBackupId } = await history.restore(path, { entry: row.id });
  if ((await contentOf(path)) !== text) return `${row.reason} came back as something else in step ${count}`;
  if (undoBackupId === null) return null;
  await history.restore(path, { entry: undoBackupId });
  return (await contentOf(path)) === before ? null : `the restore of ${row.reason} could not be undone`;
}

const rowsOf = ({ flowdeck, group }: LineageWorld): BackupRow[] => flowdeck.db.backups.below(group);

const contentOf = (path: string): Promise<string> => readFile(path, 'utf8');
