import type { NodeKind } from '../../shared/domain.ts';
import { type Concept, type ExtraFields, namesOf } from './fields.ts';

/** What a property is to somebody who compares two workflows. */
export type Role = 'text' | 'rows' | 'reference' | 'cache' | 'pick' | 'setting' | 'nothing';

/** Concepts that are no settings, by kind of node. Of unknown kinds nobody knows: what is called a text is one. */
const special: Record<NodeKind, Partial<Record<Concept, Role>>> = {
  prompt: { text: 'text', negativePrompt: 'text', rows: 'rows' },
  image: { text: 'text', negativePrompt: 'text', images: 'cache' },
  video: { text: 'text', negativePrompt: 'text', clips: 'cache' },
  media: { media: 'reference' },
  gate: { gallery: 'cache', pick: 'pick' },
  other: { text: 'text', negativePrompt: 'text', rows: 'rows', images: 'cache', clips: 'cache' },
};

/** Gives the role of a property by its name, for a kind of node. */
export type RoleOf = (kind: NodeKind, name: string) => Role;

/** By the table of names (fields.ts). What else begins with `_` is an editor's or Flowdeck's own, and nothing. */
export function rolesFrom(fields: ExtraFields): RoleOf {
  const tables = new Map<NodeKind, Map<string, Role>>();
  const tableOf = (kind: NodeKind): Map<string, Role> => {
    const table = new Map<string, Role>();
    for (const name of namesOf('cacheKey', fields)) table.set(name, 'nothing');
    for (const [concept, role] of Object.entries(special[kind])) {
      for (const name of namesOf(concept as Concept, fields)) table.set(name, role);
    }
    tables.set(kind, table);
    return table;
  };
  return (kind, name) =>
    (tables.get(kind) ?? tableOf(kind)).get(name) ?? (name.startsWith('_') ? 'nothing' : 'setting');
}
