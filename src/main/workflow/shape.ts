import { type FlowdeckError, fail } from '../../shared/failure.ts';
import { fileName } from './place.ts';

type Json = Record<string, unknown>;

/** Takes values for what they should be, or refuses with their place. */
export class Shape {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  object(value: unknown, where: string, what = where): Json {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
    throw this.wrong(where, `${what} must be an object, but ${whatIs(value)}`);
  }

  array(value: unknown, where: string): unknown[] {
    if (Array.isArray(value)) return value;
    throw this.wrong(where, `${where} must be a list, but ${whatIs(value)}`);
  }

  /** Absent and null are the empty list. */
  listIfAny(value: unknown, where: string): unknown[] {
    return value === undefined || value === null ? [] : this.array(value, where);
  }

  whole(value: unknown, where: string): number {
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value + 0; // -0 becomes 0
    throw this.wrong(where, `${where} must be a whole number, but ${whatIs(value)}`);
  }

  wrong(where: string, sentence: string): FlowdeckError {
    return fail('workflow-unreadable', `${fileName(this.#file)} is not a workflow: ${sentence}.`, {
      where: where === '' ? this.#file : `${this.#file}: ${where}`,
      cure: 'Restore a backup of it, or export it anew from the editor.',
    });
  }
}

function whatIs(value: unknown): string {
  if (value === undefined) return 'it is missing';
  if (value === null) return 'it is null';
  if (Array.isArray(value)) return 'it is a list';
  if (typeof value === 'object') return 'it is an object';
  return typeof value === 'string' ? 'it is a text' : `it is ${String(value)}`;
}
