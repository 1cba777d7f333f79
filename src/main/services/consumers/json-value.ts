import { editJson } from '../../workflow/json-edit.ts';
import { findSyntaxProblem } from '../../workflow/json-syntax.ts';
import { placeOf } from '../../workflow/place.ts';
import { bodyStart, type Edited, unable } from './edited.ts';

/**
 * The text of a JSON file with the value at a pointer (RFC 6901) replaced and every other byte as it was. A key that
 * is missing in an object is added in the style of the file; a missing parent is a problem.
 */
export function withJsonValue(text: string, pointer: string, value: string): Edited {
  const steps = stepsOf(pointer);
  if (steps === null) {
    return unable(
      `${pointer} is no JSON pointer.`,
      'Write it as /key/key/0; a / in a key is ~1, and a ~ is ~0.',
    );
  }
  const body = text.slice(bodyStart(text));
  const parsed = parse(body);
  if (parsed === null) {
    const { line, column } = placeOf(body, findSyntaxProblem(body)?.offset ?? 0);
    return unable(
      `The file is not JSON from line ${line}, column ${column} on.`,
      'Mend it, or use the kind text-file with a pattern for files with comments.',
    );
  }
  const path: (string | number)[] = [];
  let here: unknown = parsed.value;
  for (const [i, step] of steps.entries()) {
    const last = i === steps.length - 1;
    const place = `/${steps.slice(0, i).join('/')}`;
    if (Array.isArray(here)) {
      const index = /^(?:0|[1-9]\d*)$/.test(step) ? Number(step) : -1;
      if (index < 0 || index >= here.length) {
        return unable(
          `The list at ${place} has no item ${step}.`,
          'Correct the pointer, or add the item to the list.',
        );
      }
      path.push(index);
      here = here[index];
    } else if (isObject(here)) {
      path.push(step);
      const there = Object.hasOwn(here, step);
      if (!there && !last) {
        return unable(
          `There is no ${step} at ${place} in this file.`,
          `Add "${step}": {} there, or correct the pointer ${pointer}.`,
        );
      }
      here = there ? here[step] : null;
    } else {
      return unable(
        `At ${place} stands a single value, which has no ${step}.`,
        `Correct the pointer ${pointer}.`,
      );
    }
  }
  if (typeof here === 'object' && here !== null) {
    return unable(
      `At ${pointer} stands a list or an object, not a text.`,
      'Let the pointer go on to the text that holds the address.',
    );
  }
  return { text: editJson(text, [{ path, value }]) };
}

function stepsOf(pointer: string): string[] | null {
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return null;
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function parse(text: string): { value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
