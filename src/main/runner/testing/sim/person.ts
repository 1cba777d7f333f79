import { FlowdeckError } from '../../../../shared/failure.ts';
import type { RunHandle } from '../../runner-api.ts';
import type { Dice } from './dice.ts';
import {
  addressesIn,
  type Document,
  parseDocument,
  printDocument,
  propertiesOf,
  readDocument,
} from './document.ts';
import type { Site } from './site.ts';
import type { SimProcess } from './world.ts';

/** The person at the machine, and what they asked for: only that may cost more than the workflow needs. */
export interface Person {
  /** Does this and that while a run goes on. */
  meanwhile(handle: RunHandle, process: SimProcess): void;
  /** Makes the picks a held run waits for. */
  pickAtGates(): void;
  /** Has a place, or a node, made anew. */
  rerolled(nodeId: number): void;
  /** How often places of a node were to be made anew. */
  rerollsOf(nodeId: number): number;
  /** The file as they want it. */
  wanted(): Document;
  cancelled(): boolean;
  changedPrompts(): boolean;
  /** What went wrong in a way nobody expects. */
  readonly surprises: string[];
}

const LATEST_MS = 25_000;
const LONGEST_MS = 8000;
/** So often, of all times that the file is written. */
const SAVES_JUST_THEN = 0.1;

export function createPerson(site: Site, dice: Dice): Person {
  const { world, disk, backend, shape } = site;
  const wanted = parseDocument(shape.text);
  const rerolls = new Map<number, number>();
  const surprises: string[] = [];
  let notes = 0;
  let cancelled = false;
  let changedPrompts = false;

  /** Reads, changes and saves, as an editor that has just opened the file. */
  const save = (change: (document: Document) => void) => {
    const document = readDocument(site);
    change(document);
    disk.put(site.workflow, printDocument(document));
  };
  const both = (change: (document: Document) => void) => {
    save(change);
    change(wanted);
  };
  const rerolled = (nodeId: number) => void rerolls.set(nodeId, (rerolls.get(nodeId) ?? 0) + 1);
  const asks = (work: Promise<unknown>) => {
    work.catch((error: unknown) => {
      if (!(error instanceof FlowdeckError)) surprises.push(String(error));
    });
  };
  const anyOf = (ids: readonly number[]) => ids[dice.below(ids.length)];

  const writeNote = () => {
    const nodeId = anyOf(shape.prompts) ?? 0;
    const note = `note ${++notes}`;
    both((document) => {
      propertiesOf(document, nodeId).note = note;
    });
  };
  const editPrompt = () => {
    const nodeId = anyOf(shape.prompts) ?? 0;
    const text = `${String(propertiesOf(wanted, nodeId).text ?? '')} v${++notes}`;
    if (propertiesOf(wanted, nodeId).mode !== 'plain') return writeNote();
    changedPrompts = true;
    both((document) => {
      propertiesOf(document, nodeId).text = text;
    });
  };
  const pickInFile = (which = dice.below(4)) => {
    const gate = anyOf(shape.gates);
    if (gate === undefined) return;
    save((document) => {
      const there = addressesIn(document, gate, 'candidates').length;
      if (there > 0) propertiesOf(document, gate).approvedIndex = which % there;
    });
  };

  const during = (handle: RunHandle, process: SimProcess): [string, () => void][] => [
    [
      'pauses',
      () => {
        handle.pause();
        void world.step(process, 'person resumes', dice.below(LONGEST_MS), handle.resume);
      },
    ],
    ['sets the concurrency', () => handle.setConcurrency(dice.between(1, 5))],
    ['writes a note into the file', writeNote],
    ['writes a note into the file', writeNote],
    ['picks in the file', () => pickInFile()],
    [
      'picks',
      () => {
        const gate = anyOf(shape.gates);
        if (gate !== undefined) asks(handle.pick(gate, 1, dice.between(1, 4)));
      },
    ],
    [
      're-rolls',
      () => {
        const nodeId = anyOf(shape.generation) ?? 0;
        rerolled(nodeId);
        asks(
          handle.reroll([dice.chance(0.5) ? { nodeId } : { nodeId, row: 1, candidate: dice.between(1, 4) }]),
        );
      },
    ],
    [
      'cancels',
      () => {
        cancelled = true;
        handle.cancel();
      },
    ],
    ['changes a prompt', editPrompt],
    ['restarts G-Labs', backend.restart],
    ['fills G-Labs with tasks', () => backend.crowd(dice.between(10, 60))],
    [
      'fills the disk',
      () => {
        disk.setFull(true);
        void world.step(null, 'there is space again', dice.below(LONGEST_MS), () => disk.setFull(false));
      },
    ],
  ];

  // The worst moment to save: when we are about to.
  disk.onWriting((path) => {
    if (path !== site.workflow || site.faults.over() || !dice.chance(SAVES_JUST_THEN)) return;
    void world.step(null, 'person writes a note just then', 0, writeNote);
  });

  return {
    meanwhile: (handle, process) => {
      if (site.faults.over()) return;
      for (let n = dice.pick([0, 0, 1, 2, 3]); n > 0; n--) {
        const [what, act] = dice.pick(during(handle, process) as [[string, () => void]]);
        void world.step(process, `person ${what}`, dice.below(LATEST_MS), act);
      }
    },
    pickAtGates: () => pickInFile(),
    rerolled,
    rerollsOf: (nodeId) => rerolls.get(nodeId) ?? 0,
    wanted: () => wanted,
    cancelled: () => cancelled,
    changedPrompts: () => changedPrompts,
    surprises,
  };
}
