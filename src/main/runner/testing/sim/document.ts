import { z } from 'zod';
import type { Site } from './site.ts';

/** The workflow file as a person's editor reads and saves it. */
const Document = z.looseObject({
  tabs: z.array(
    z.looseObject({
      graphData: z.looseObject({
        nodes: z.array(z.looseObject({ id: z.number(), properties: z.record(z.string(), z.unknown()) })),
      }),
    }),
  ),
});
export type Document = z.infer<typeof Document>;
type Properties = Record<string, unknown>;

export const parseDocument = (text: string): Document => Document.parse(JSON.parse(text));

export function readDocument({ disk, workflow }: Pick<Site, 'disk' | 'workflow'>): Document {
  return parseDocument(Buffer.from(disk.files.get(workflow)?.bytes ?? '').toString('utf8'));
}

export const printDocument = (document: Document): string => `${JSON.stringify(document, null, 2)}\n`;

/** Properties of a node; empty where it is not there. */
export const propertiesOf = (document: Document, nodeId: number): Properties =>
  document.tabs.flatMap((tab) => tab.graphData.nodes).find((node) => node.id === nodeId)?.properties ?? {};

/** Addresses in the cache of a node or in the gallery of a gate. */
export function addressesIn(document: Document, nodeId: number, name: string): string[] {
  const value = propertiesOf(document, nodeId)[name];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

/** What a run may write. */
const OURS = [
  '_savedImages',
  '_savedClips',
  '_cacheKey',
  'candidates',
  'approvedIndex',
  'model',
  'outputCount',
];

/** The file without what a run may write: all the rest is people's. */
export function withoutOurs(document: Document): Document {
  const copy = structuredClone(document);
  for (const node of copy.tabs.flatMap((tab) => tab.graphData.nodes)) {
    for (const name of OURS) delete node.properties[name];
    if (String(node.properties.imageUrl ?? '').includes('refs/')) delete node.properties.imageUrl;
  }
  return copy;
}
