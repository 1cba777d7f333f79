import type { Finding } from '../../shared/domain.ts';
import { cacheConcept, type ExtraFields, fieldName, readField } from './fields.ts';
import { nodeFinding } from './finding.ts';
import type { TabGraph } from './graph.ts';
import { readUrlList } from './url-list.ts';

/** Saved output and galleries that are no lists of addresses: what cannot be read is made again, and that costs. */
export function checkSaved(graph: TabGraph, fields: ExtraFields): Finding[] {
  return graph.tab.nodes.flatMap((node) => {
    if (node.kind !== 'image' && node.kind !== 'video' && node.kind !== 'gate') return [];
    const concept = node.kind === 'gate' ? 'gallery' : cacheConcept(node);
    const name = fieldName(node, concept, fields);
    const { trouble } = readUrlList(readField(node, concept, fields));
    if (trouble === null) return [];
    const counts = node.kind === 'gate' ? 'shown' : 'kept; the next run makes it again';
    return nodeFinding(graph.tab, node, {
      code: 'short-gallery',
      where: `.properties.${name}`,
      message: `${name} ${trouble}. What is no address is not ${counts}.`,
      cure: 'Write it as a list of addresses, or take it out. A run backs the file up before it writes.',
    });
  });
}
