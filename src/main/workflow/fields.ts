import type { NodeKind } from '../../shared/domain.ts';
import { readUrlList } from './url-list.ts';

/**
 * The one table of property names (behaviour.md §1). PatchWork's exact names are partly unknown: each concept
 * lists the names that are read, in order; the first is written when a node has none of them.
 */
const names = {
  text: ['text', 'prompt', 'template', 'value'],
  mode: ['mode'],
  variableName: ['variableName'],
  rows: ['dynamicRows'],
  media: ['imageUrl', 'url', 'src', 'image', 'path', '_savedImage'],
  model: ['model'],
  outputCount: ['outputCount'],
  aspectRatio: ['aspectRatio'],
  images: ['_savedImages'],
  clips: ['_savedClips'],
  cacheKey: ['_cacheKey'],
  negativePrompt: ['negativePrompt'],
  timeout: ['timeout'],
  gallery: ['candidates', '_candidates', 'images', 'gallery'],
  pick: ['approvedIndex', 'selectedIndex', 'approved', 'selected', 'pick'],
} as const;

/** A thing a property says; the keys of the setting `workflow.fields`. */
export type Concept = keyof typeof names;

/** More property names per concept, from the setting `workflow.fields`. Read after the names above. */
export type ExtraFields = Readonly<Record<string, readonly string[]>>;

/** What of a node the table needs. */
export interface HasProperties {
  kind: NodeKind;
  properties: Record<string, unknown>;
}

/**
 * The name of a concept's property in this node: the first that holds something, else the first that is there
 * at all (as null or an empty text), else the name to write.
 */
export function fieldName(node: HasProperties, concept: Concept, fields: ExtraFields = {}): string {
  let present: string | null = null;
  for (const name of namesOf(concept, fields)) {
    if (!Object.hasOwn(node.properties, name)) continue;
    const value = node.properties[name];
    if (value !== null && value !== undefined && value !== '') return name;
    present ??= name;
  }
  return present ?? names[concept][0];
}

/** The value of a concept in this node; undefined when no name of it is there. */
export function readField(node: HasProperties, concept: Concept, fields: ExtraFields = {}): unknown {
  const name = fieldName(node, concept, fields);
  return Object.hasOwn(node.properties, name) ? node.properties[name] : undefined;
}

/** A concept as text; null when it is absent or not a text. */
export function readText(node: HasProperties, concept: Concept, fields: ExtraFields = {}): string | null {
  const value = readField(node, concept, fields);
  return typeof value === 'string' ? value : null;
}

/** Where a generation node keeps its output: `images` or `clips`. */
export const cacheConcept = (node: HasProperties): 'images' | 'clips' =>
  node.kind === 'video' ? 'clips' : 'images';

/**
 * Saved output of a generation node, row-major (behaviour.md §4). What is no address is null: a hole to be made
 * again at its place (url-list.ts).
 */
export function savedUrls(node: HasProperties, fields: ExtraFields = {}): (string | null)[] {
  return readUrlList(readField(node, cacheConcept(node), fields)).urls;
}

/** The gallery a gate shows, row-major; the same shape as `savedUrls`. */
export function galleryUrls(node: HasProperties, fields: ExtraFields = {}): (string | null)[] {
  return readUrlList(readField(node, 'gallery', fields)).urls;
}

/** Names a concept is read by, in order. */
export function namesOf(concept: Concept, fields: ExtraFields): readonly string[] {
  const more = Object.hasOwn(fields, concept) ? fields[concept] : undefined;
  return more === undefined ? names[concept] : [...names[concept], ...more];
}
