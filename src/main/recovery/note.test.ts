import { expect, it } from 'vitest';
import type { RunCause, RunOutcome } from '../../shared/domain.ts';
import type { RecoveryAction } from '../../shared/recovery.ts';
import { diagnose } from './diagnose.ts';
import type { NodeEvidence } from './evidence.ts';
import { recoveryNote } from './note.ts';
import { cached, evidenceOf, NOW, nodeOf, runOf } from './testing/evidence-builder.ts';
import { crashedProject } from './testing/fixture-evidence.ts';

const image = (scene: number, has: boolean): NodeEvidence =>
  nodeOf(scene, [has ? cached(`${scene}.png`) : {}], { scene });
const clip = (scene: number, has: boolean): NodeEvidence =>
  nodeOf(scene + 100, [has ? cached(`${scene}.mp4`) : {}], { scene, kind: 'video', needs: [scene] });

const note = (
  nodes: NodeEvidence[],
  {
    cause = 'killed',
    action = 'resume',
    outcome = 'completed',
  }: Partial<{
    cause: RunCause;
    action: RecoveryAction;
    outcome: RunOutcome | null;
  }> = {},
) => {
  const diagnosis = diagnose(evidenceOf({ nodes, run: runOf({ cause }) }), NOW);
  return recoveryNote({ version: 'V0-1', diagnosis, action, outcome });
};
const stills = [image(5, true), image(6, false), image(7, false), clip(5, false)];

it('is written as the manual writes it', () => {
  expect(note(stills)).toBe('V0-1: runner crashed at Scene 06, recovered with cache reuse, full output now');
});

it('fits the run of another tool that died after its fifth still', () => {
  const diagnosis = diagnose(crashedProject('images-done'), NOW);
  expect(recoveryNote({ version: 'V0-2', diagnosis, action: 'resume', outcome: 'completed' })).toBe(
    'V0-2: runner crashed at Scene 06, recovered with cache reuse, full output now',
  );
});

it('tells the first scene without clips where all pictures are there', () => {
  expect(note([image(1, true), image(2, true), clip(1, true), clip(2, false)])).toMatch(
    /crashed at Scene 02,/,
  );
});

it('tells no scene where nothing was missing', () => {
  expect(note([image(1, true)], { action: 'export' })).toBe(
    'V0-1: runner crashed, recovered by writing the export, full output now',
  );
});

it.each<[RunCause, string]>([
  ['rebooted', 'machine restarted at Scene 06'],
  ['backend', 'G-Labs went away at Scene 06'],
  ['tunnel', 'tunnel dropped at Scene 06'],
  ['network', 'network dropped at Scene 06'],
  ['cancelled', 'run cancelled at Scene 06'],
])('says what ended the run: %s', (cause, words) => {
  expect(note(stills, { cause })).toContain(words);
});

it.each<[RecoveryAction, string]>([
  ['restore', 'backup restored and run again'],
  ['rebuild', 'everything made anew'],
  ['wipe', 'recovered with some nodes wiped and made anew'],
])('says what was done: %s', (action, words) => {
  expect(note(stills, { action })).toContain(words);
});

it('counts the nodes of a wipe', () => {
  const wrong = [1, 2].map((id) => nodeOf(id, [cached(`${id}`, { named: 'other scene' })]));
  expect(note([...wrong, image(3, true)], { action: 'wipe' })).toContain('with 2 nodes wiped and made anew');
});

it('counts them also where the wipe was not what was recommended', () => {
  const lost = nodeOf(1, [cached('a', { state: 'gone' }), cached('b')]);
  expect(note([lost, image(3, true)], { action: 'wipe' })).toContain('with 1 node wiped');
});

it('promises nothing about an end that is not known, or not good', () => {
  expect(note(stills, { outcome: null })).toBe(
    'V0-1: runner crashed at Scene 06, recovered with cache reuse',
  );
  expect(note(stills, { outcome: 'failed-nodes' })).toMatch(/, some nodes still fail$/);
  expect(note(stills, { outcome: 'interrupted' })).toMatch(/, interrupted again$/);
});

it('can be written without a diagnosis', () => {
  expect(recoveryNote({ version: 'V1', diagnosis: null, action: 'resume' })).toBe(
    'V1: runner crashed, recovered with cache reuse',
  );
});
