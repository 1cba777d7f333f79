import type { Edited } from './edited.ts';
import { withEnvValue } from './env-text.ts';
import { withJsonValue } from './json-value.ts';
import { withGroupReplaced } from './pattern-text.ts';

/** Where in a file the address goes, as the setting tunnel.consumers has it. */
export type FileEdit =
  | { kind: 'env-file'; key: string }
  | { kind: 'json-file'; pointer: string }
  | { kind: 'text-file'; pattern: string };

/** The text with the value in its place. Pure; a text that has it already comes back as it is. */
export function editText(text: string, edit: FileEdit, value: string): Edited {
  switch (edit.kind) {
    case 'env-file':
      return withEnvValue(text, edit.key, value);
    case 'json-file':
      return withJsonValue(text, edit.pointer, value);
    case 'text-file':
      return withGroupReplaced(text, edit.pattern, value);
  }
}
