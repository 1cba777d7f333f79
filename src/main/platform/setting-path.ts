import { type FlowdeckError, fail } from '../../shared/failure.ts';
import { type SettingKey, secretPattern, settingKeys } from '../../shared/settings.ts';
import { nearest } from './near.ts';

/** A setting, or a place inside of one: `storage.stores.r2.bucket` is `["r2","bucket"]` inside `storage.stores`. */
export interface SettingPath {
  key: SettingKey;
  inside: string[];
}

/** Throws a FlowdeckError of code `usage` that names keys near the wrong one. */
export function parseSettingPath(dotted: string): SettingPath {
  // The longest key wins, so that a key which begins like another one would still be found.
  const key = settingKeys
    .filter((each) => dotted === each || dotted.startsWith(`${each}.`))
    .sort((a, b) => b.length - a.length)[0];
  if (key === undefined) throw unknownKey(dotted);
  const inside = dotted === key ? [] : dotted.slice(key.length + 1).split('.');
  if (inside.some((part) => part === '' || part === '__proto__')) throw unknownKey(dotted);
  return { key, inside };
}

function unknownKey(dotted: string): FlowdeckError {
  if (secretPattern.test(dotted)) {
    return fail('usage', `${dotted} is a secret, not a setting.`, {
      where: dotted,
      cure: `Keep it with: flowdeck config set-secret ${dotted}`,
    });
  }
  const near = nearest(dotted, settingKeys);
  const hint = near.length > 0 ? ` Near it: ${near.join(', ')}.` : '';
  return fail('usage', `There is no setting ${JSON.stringify(dotted)}.${hint}`, {
    where: dotted,
    cure: 'See all of them with: flowdeck config list',
  });
}

/** The value at a place inside of a value; undefined when there is none. */
export function valueAt(value: unknown, inside: readonly string[]): unknown {
  let current = value;
  for (const part of inside) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, part)) return undefined;
    current = (current as Record<string, unknown>)[part];
  }
  return current;
}

/** A copy of a value with another one at a place inside of it; `undefined` removes what is there. */
export function withValueAt(value: unknown, inside: readonly string[], next: unknown): unknown {
  const [part, ...rest] = inside;
  if (part === undefined) return next;
  if (Array.isArray(value)) return withEntry(value, part, rest, next);
  const record = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const { [part]: old, ...others } = record;
  const replaced = withValueAt(Object.hasOwn(record, part) ? old : undefined, rest, next);
  return replaced === undefined ? others : { ...record, [part]: replaced };
}

function withEntry(list: unknown[], part: string, rest: string[], next: unknown): unknown[] {
  const index = Number(part);
  if (!/^\d+$/.test(part) || index > list.length) {
    throw fail('usage', `${JSON.stringify(part)} is not a place in a list of ${list.length}.`, {
      cure: `Places count from 0; ${list.length} adds one at the end.`,
    });
  }
  const replaced = withValueAt(list[index], rest, next);
  return replaced === undefined ? list.toSpliced(index, 1) : list.toSpliced(index, 1, replaced);
}

/** Places that a schema dropped from a value because it does not know them. */
export function droppedPlaces(before: unknown, after: unknown, place = ''): string[] {
  if (typeof before !== 'object' || before === null) return [];
  return Object.entries(before).flatMap(([name, inner]) => {
    const here = place ? `${place}.${name}` : name;
    if (typeof after !== 'object' || after === null || !Object.hasOwn(after, name)) return [here];
    return droppedPlaces(inner, (after as Record<string, unknown>)[name], here);
  });
}
