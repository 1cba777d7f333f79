import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as moment } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDice } from '../../runner/testing/sim/dice.ts';
import { editWorkflow } from '../../workflow/edit.ts';
import { FIRST, type LineageWorld, openLineageWorld } from './testing/lineage-world.ts';

const program = join(import.meta.dirname, 'testing', 'restoring-process.ts');
const KILLS = 5;

let world: LineageWorld;
beforeEach(async () => {
  world = await openLineageWorld();
});
afterEach(() => world.close());

it('a restore that is killed at any moment leaves the old file or the new one, whole, and can be done again', async () => {
  const { flowdeck, testing } = world;
  const file = join(testing, FIRST);
  // Large enough that each step of it takes a while.
  const text = await readFile(file, 'utf8');
  const before = editWorkflow(text, [{ nodeId: 9, properties: { note: 'x'.repeat(3_000_000) } }]);
  await writeFile(file, before);
  const { backup } = await flowdeck.editing.wipe(file, {});
  const wiped = await readFile(file, 'utf8');
  const one = await flowdeck.history.restore(file, { entry: backup?.id ?? '' });
  const dice = createDice(5);
  for (let n = 0; n < KILLS; n++) {
    const args = [program, flowdeck.paths.root, file, backup?.id ?? '', one.undoBackupId ?? ''];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(createInterface(child.stdout), 'line');
      await moment(dice.between(0, 150));
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    const now = await readFile(file, 'utf8');
    expect([before, wiped].includes(now), `after kill ${n + 1} the file has ${now.length} characters`).toBe(
      true,
    );
    // What a dead process had of the file is nobody's any more.
    await flowdeck.history.restore(file, { entry: backup?.id ?? '' });
    expect((await readFile(file, 'utf8')) === before).toBe(true);
  }
  await rm(world.backups, { recursive: true });
  const kept = flowdeck.db.backups.below(world.group);
  for (const { id } of kept) {
    const to = join(world.group, 'returned', `${id}.nbflow`);
    await flowdeck.history.restore(file, { entry: id, to });
    expect([before, wiped].includes(await readFile(to, 'utf8'))).toBe(true);
  }
}, 120_000);
