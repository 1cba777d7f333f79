import { type TestNode, testTab, type Wire } from '../../../workflow/test-workflow.ts';
import type { Dice } from './dice.ts';

/** A small workflow, as the seed has it. */
export interface Shape {
  text: string;
  /** Nodes a person edits, picks at or re-rolls. */
  prompts: number[];
  gates: number[];
  generation: number[];
  /** The picture on the disk it refers to, if it does. */
  reference: string | null;
}

/** What stands in the file before the first run: outputs of another tool. */
export type Given = (nodeId: number, candidate: number) => string;

const SAME_BEGINNING = 'A jar of honey on a wooden table in the morning light, ';

/** One or two pictures, perhaps with rows, a gate, a reference, and a clip that starts from the first. */
export function makeShape(dice: Dice, given: Given): Shape {
  const nodes: TestNode[] = [];
  const wires: Wire[] = [];
  const generation: number[] = [];
  const prompts: number[] = [];
  const gates: number[] = [];
  const rows = dice.chance(0.25) ? 2 : 1;
  const same = dice.chance(0.2);

  const addPrompt = (id: number, many: number, words: string) => {
    prompts.push(id);
    const text = same ? `${SAME_BEGINNING}again` : `${SAME_BEGINNING}${words}`;
    const properties =
      many === 1
        ? { mode: 'plain', text }
        : {
            mode: 'dynamic',
            variableName: 'row',
            dynamicRows: Array.from({ length: many }, (_, row) => `${text} row ${row + 1}`),
          };
    nodes.push({ id, type: 'nanobanana/Prompt', properties });
  };
  /** Some of the four candidates are there already, now and then: fewer are made. */
  const saved = (id: number, concept: '_savedImages' | '_savedClips', many: number) => {
    if (many > 1 || dice.chance(0.5)) return {};
    const count = dice.between(1, 3);
    return { [concept]: Array.from({ length: count }, (_, n) => given(id, n + 1)) };
  };

  const pictures = dice.between(1, 2);
  for (let n = 0; n < pictures; n++) {
    const id = 10 + n;
    addPrompt(20 + n, n === 0 ? rows : 1, `scene ${n + 1}`);
    generation.push(id);
    nodes.push({
      id,
      type: 'nanobanana/NanobananaAPI',
      title: `Scene 0${n + 1}`,
      pos: [0, n * 100],
      inputs: ['prompt', 'image 1', 'image 2'],
      properties: {
        model: dice.chance(0.8) ? 'nano_banana_2' : 'nano_banana',
        outputCount: dice.chance(0.8) ? 4 : 2,
        ...saved(id, '_savedImages', n === 0 ? rows : 1),
      },
    });
    wires.push([20 + n, id, 'prompt']);
  }
  const reference = dice.chance(0.4) ? 'refs/avatar.png' : null;
  if (reference !== null) {
    nodes.push({ id: 40, type: 'nanobanana/Media', properties: { imageUrl: reference } });
    wires.push([40, 10, 'image 1']);
  }
  const clip = dice.chance(0.6);
  const gate = dice.chance(0.6);
  if (gate) {
    gates.push(50);
    nodes.push({ id: 50, type: 'Approve', inputs: ['input'], properties: {} });
    wires.push([10, 50, 'input']);
  }
  if (clip) {
    addPrompt(30, 1, 'it begins to move');
    generation.push(60);
    nodes.push({
      id: 60,
      type: 'nanobanana/Veo3',
      title: 'Scene 01',
      pos: [400, 0],
      inputs: ['prompt', 'start frame', 'end frame'],
      properties: { negativePrompt: '', outputCount: 4 },
    });
    wires.push([30, 60, 'prompt'], [gate ? 50 : 10, 60, 'start frame']);
  }
  const text = `${JSON.stringify({ name: 'SIM1-V0-1', tabs: [testTab('A', nodes, wires)] }, null, 2)}\n`;
  return { text, prompts, gates, generation, reference };
}
