import fc from 'fast-check';
import type { NodeKind } from '../../../../shared/domain.ts';
import type { RunGraph } from '../../../../shared/run-graph.ts';
import { type GraphTab, graphTab } from './graph-model.ts';

/** Makers of drawings for the tests of the graph. */

type DrawnTab = RunGraph['tabs'][number];
type DrawnNode = DrawnTab['nodes'][number];

export function drawn(nodeId: number, kind: NodeKind, over: Partial<DrawnNode> = {}): DrawnNode {
  return { nodeId, kind, title: `${kind} ${nodeId}`, type: kind, pos: [0, 0], ...over };
}

export const link = (from: number, to: number, slot = 'input') => ({ from, to, slot });

/**
 * Scenes as people draw them, one below the other: a prompt, a picture, its gate, the clip's prompt, the clip. Ids are
 * 10 × scene + 1 to 5; node 1 is a picture of a person that all of them share.
 */
export function scenes(count: number): DrawnTab {
  const numbers = Array.from({ length: count }, (_, i) => i + 1);
  return {
    name: 'Account A',
    nodes: [
      drawn(1, 'media', { title: 'Avatar' }),
      ...numbers.flatMap((scene) => {
        const at = (column: number): [number, number] => [column * 340, (scene - 1) * 400];
        const title = (what: string) => `Scene ${String(scene).padStart(2, '0')} ${what}`;
        return [
          drawn(10 * scene + 1, 'prompt', { title: title('template'), pos: at(1) }),
          drawn(10 * scene + 2, 'image', { title: title('image'), pos: at(2) }),
          drawn(10 * scene + 3, 'gate', { title: title('pick'), pos: at(3) }),
          drawn(10 * scene + 4, 'prompt', { title: title('video template'), pos: at(3) }),
          drawn(10 * scene + 5, 'video', { title: title('video'), pos: at(4) }),
        ];
      }),
    ],
    links: numbers.flatMap((scene) => [
      link(10 * scene + 1, 10 * scene + 2, 'prompt'),
      link(1, 10 * scene + 2, 'image 1'),
      link(10 * scene + 2, 10 * scene + 3),
      link(10 * scene + 3, 10 * scene + 5, 'start frame'),
      link(10 * scene + 4, 10 * scene + 5, 'prompt'),
    ]),
  };
}

export const scenesTab = (count: number): GraphTab => graphTab(scenes(count));

const kinds: readonly NodeKind[] = ['prompt', 'media', 'image', 'video', 'gate', 'other'];

/** Any workflow without a circle: links lead from a lower id to a higher one. */
export const anyTab: fc.Arbitrary<GraphTab> = fc
  .array(fc.record({ kind: fc.constantFrom(...kinds), x: fc.integer(), y: fc.integer() }), {
    minLength: 1,
    maxLength: 25,
  })
  .chain((made) =>
    fc.array(fc.tuple(fc.nat(made.length - 1), fc.nat(made.length - 1)), { maxLength: 40 }).map((pairs) =>
      graphTab({
        name: 'Any',
        nodes: made.map(({ kind, x, y }, i) => drawn(i, kind, { pos: [x, y] })),
        links: pairs.filter(([from, to]) => from < to).map(([from, to]) => link(from, to)),
      }),
    ),
  );
