import { fail } from '../../shared/failure.ts';
import { type JsonStyle, type JsonValue, lineIndent, printJson, sameJson, styleOf } from './json-style.ts';
import { isArrayAt, isObjectAt, skipSpace, skipValue, topOf, walkArray, walkObject } from './json-text.ts';

export type { JsonValue } from './json-style.ts';
export type JsonPath = readonly (string | number)[];

/** Sets or removes the value at a path. Indices are those of the text before any edit; behind the end appends. */
export type JsonEdit = { path: JsonPath; value: JsonValue } | { path: JsonPath; remove: true };

/** What is to become of a value: all edits as one tree, so that one pass over the text carries them out. */
type Change = { kind: 'set'; value: JsonValue } | { kind: 'remove' } | Inner;
interface Inner {
  kind: 'inner';
  children: Map<string | number, Change>;
}
interface Splice {
  start: number;
  end: number;
  text: string;
}
interface Item {
  key: string | number;
  /** Of the key in an object, of the value in a list. */
  start: number;
  end: number;
  removed: boolean;
  colon: string;
}

/**
 * The text with the edits carried out and every other byte as it was (behaviour.md §1). A value that is already
 * as asked is left alone, so that its spelling stays. The text must be valid JSON; of a key that stands twice in
 * an object the last counts, as for JSON.parse. Order of the edits does not matter, but no edit may lie inside another.
 */
export function editJson(text: string, edits: readonly JsonEdit[]): string {
  return editJsonAt(text, [{ start: topOf(text), edits }]);
}

/**
 * As editJson, for values that the caller has found already: only these are walked. `start` is the offset of the
 * first character of a value, paths begin in that value. No value may lie inside another.
 */
export function editJsonAt(
  text: string,
  places: Iterable<{ start: number; edits: readonly JsonEdit[] }>,
): string {
  const editor = new Editor(text);
  const splices: Splice[] = [];
  for (const { start, edits } of places) {
    if (edits.length === 0) continue;
    const root: Inner = { kind: 'inner', children: new Map() };
    for (const edit of edits) addChange(root, edit);
    editor.apply(start, root, splices);
  }
  if (splices.length === 0) return text;
  splices.sort((a, b) => a.start - b.start || a.end - b.end);
  const pieces: string[] = [];
  let at = 0;
  for (const splice of splices) {
    pieces.push(text.slice(at, splice.start), splice.text);
    at = splice.end;
  }
  pieces.push(text.slice(at));
  return pieces.join('');
}

function addChange(root: Inner, edit: JsonEdit): void {
  const last = edit.path.at(-1);
  if (last === undefined) throw fail('internal', 'An edit of a workflow without a path.');
  let inner = root;
  for (const step of edit.path.slice(0, -1)) {
    let next = inner.children.get(step);
    if (next === undefined) {
      next = { kind: 'inner', children: new Map() };
      inner.children.set(step, next);
    }
    if (next.kind !== 'inner')
      throw fail('internal', `Two edits of a workflow clash at ${edit.path.join('.')}.`);
    inner = next;
  }
  if (inner.children.get(last)?.kind === 'inner') {
    throw fail('internal', `Two edits of a workflow clash at ${edit.path.join('.')}.`);
  }
  inner.children.set(last, 'remove' in edit ? { kind: 'remove' } : { kind: 'set', value: edit.value });
}

class Editor {
  readonly #text: string;
  readonly #style: JsonStyle;

  constructor(text: string) {
    this.#text = text;
    this.#style = styleOf(text);
  }

  /** Carries out `change` on the value at `start`, adds to `out`, and gives the offset behind the value. */
  apply(start: number, change: Change, out: Splice[]): number {
    if (change.kind !== 'inner') return this.#replace(start, change, out);
    const text = this.#text;
    const items: Item[] = [];
    const done = new Map<string | number, { splices: Splice[] }>();
    const missing = new Set(change.children.keys());
    const track = change.children.size > 0;

    const visit = (key: string | number, at: number, valueStart: number, colon: string): number => {
      const child = change.children.get(key);
      let end: number;
      if (child === undefined) {
        end = skipValue(text, valueStart);
      } else {
        const splices: Splice[] = [];
        end = this.apply(valueStart, child, splices);
        done.set(key, { splices }); // a key that stands twice: the last counts
        missing.delete(key);
      }
      if (track) items.push({ key, start: at, end, removed: child?.kind === 'remove', colon });
      return end;
    };

    let end: number;
    if (isObjectAt(text, start)) {
      end = walkObject(text, start, (m) =>
        visit(m.key, m.keyStart, m.valueStart, text.slice(m.keyEnd, m.valueStart)),
      );
    } else if (isArrayAt(text, start)) {
      end = walkArray(text, start, (index, at) => visit(index, at, at, ''));
    } else {
      if (!sets(change)) return skipValue(text, start);
      return this.#replace(start, { kind: 'set', value: wholeValue(change) }, out);
    }
    for (const { splices } of done.values()) out.push(...splices);
    this.#shape(start, end, items, addedBy(change, missing, isArrayAt(text, start)), out);
    return end;
  }

  #replace(start: number, change: Exclude<Change, Inner>, out: Splice[]): number {
    const end = skipValue(this.#text, start);
    if (change.kind === 'remove') return end;
    const before = this.#text.slice(start, end);
    if (sameJson(JSON.parse(before), change.value)) return end;
    const bracket = before.startsWith('{') || before.startsWith('[');
    const oneLine = bracket && !before.includes('\n') && skipSpace(before, 1) < before.length - 1;
    const lines = this.#style.indent !== null && !oneLine;
    const base = lines ? lineIndent(this.#text, start) : '';
    out.push({ start, end, text: printJson(change.value, this.#style, base, lines) });
    return end;
  }

  /** Takes removed items out of a list or object and puts new ones at its end. */
  #shape(
    start: number,
    end: number,
    items: Item[],
    added: [string | null, JsonValue][],
    out: Splice[],
  ): void {
    const removed = items.filter((item) => item.removed).length;
    if (removed === 0 && added.length === 0) return;
    if (items.length === removed) {
      out.push({ start: start + 1, end: end - 1, text: this.#interior(start, added) });
      return;
    }
    let kept = false;
    for (const [i, item] of items.entries()) {
      const next = items[i + 1];
      const previous = items[i - 1];
      if (!item.removed) kept = true;
      else if (kept && previous !== undefined) out.push({ start: previous.end, end: item.end, text: '' });
      else if (next !== undefined) out.push({ start: item.start, end: next.start, text: '' });
    }
    const last = items.at(-1);
    if (added.length === 0 || last === undefined) return;
    // as the last item stands, so do the new ones
    const from = items.length > 1 ? this.#text.lastIndexOf(',', last.start) + 1 : start + 1;
    const gap = this.#text.slice(from, last.start);
    const lines = gap.includes('\n');
    const lead = !lines && items.length === 1 ? this.#style.comma.slice(1) : gap;
    const base = lines ? gap.slice(gap.lastIndexOf('\n') + 1) : '';
    const text = added.map(([key, value]) => {
      const name = key === null ? '' : JSON.stringify(key) + last.colon;
      return `,${lead}${name}${printJson(value, this.#style, base, lines && this.#style.indent !== null)}`;
    });
    out.push({ start: last.end, end: last.end, text: text.join('') });
  }

  /** What stands between the brackets of a list or object that has only new items. */
  #interior(start: number, added: [string | null, JsonValue][]): string {
    if (added.length === 0) return '';
    const { indent, newline, colon, comma } = this.#style;
    const lines = indent !== null;
    const outer = lines ? lineIndent(this.#text, start) : '';
    const inner = outer + (indent ?? '');
    const items = added.map(
      ([key, value]) =>
        (key === null ? '' : JSON.stringify(key) + colon) + printJson(value, this.#style, inner, lines),
    );
    if (!lines) return items.join(comma);
    return newline + inner + items.join(`,${newline}${inner}`) + newline + outer;
  }
}

/** Children that found no place, in the order they were asked for; indices ascending. */
function addedBy(change: Inner, missing: Set<string | number>, list: boolean): [string | null, JsonValue][] {
  const added: [string | number, JsonValue][] = [];
  for (const key of missing) {
    const child = change.children.get(key);
    if (child === undefined || !sets(child)) continue;
    added.push([key, wholeValue(child)]);
  }
  if (list) added.sort(([a], [b]) => Number(a) - Number(b));
  return added.map(([key, value]) => [list ? null : String(key), value]);
}

/** Whether anything is left of a change where there is nothing to remove from. */
function sets(change: Change): boolean {
  if (change.kind !== 'inner') return change.kind === 'set';
  for (const child of change.children.values()) if (sets(child)) return true;
  return false;
}

/** The value that edits of a place make where there is nothing (or nothing that could hold them). */
function wholeValue(change: Change): JsonValue {
  if (change.kind === 'set') return change.value;
  if (change.kind === 'remove') return null;
  const children = [...change.children].filter(([, child]) => sets(child));
  return Object.fromEntries(children.map(([key, child]) => [String(key), wholeValue(child)]));
}
