import { z } from 'zod';
import { type SettingKey, settingSchemas } from '../../../shared/settings.ts';

/** How a setting can be edited on the screen, found out from its schema (settings.md: the screen is made from it). */
export type SettingEditor =
  | { kind: 'choice'; options: readonly string[] }
  | { kind: 'number' }
  | { kind: 'text'; nullable: boolean }
  /** Lists and objects: shown here, changed on the command line or in settings.json. */
  | { kind: 'structure' };

/** The editor for a key; a key this version does not know is shown as it is. */
export function editorFor(key: string): SettingEditor {
  if (!isSettingKey(key)) return { kind: 'structure' };
  let schema: unknown = settingSchemas[key];
  let nullable = false;
  while (schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) {
    nullable ||= schema instanceof z.ZodNullable;
    schema = schema.unwrap();
  }
  if (schema instanceof z.ZodEnum) return { kind: 'choice', options: schema.options.map(String) };
  if (schema instanceof z.ZodNumber) return { kind: 'number' };
  const texts = schema instanceof z.ZodUnion ? schema.options : [schema];
  const isText = texts.every(
    (each) => each instanceof z.ZodString || each instanceof z.ZodStringFormat || each instanceof z.ZodEnum,
  );
  return isText ? { kind: 'text', nullable } : { kind: 'structure' };
}

/** What was typed as the value to be set; an empty text is null where that is allowed, else an empty text. */
export function typedValue(editor: SettingEditor, typed: string): unknown {
  const text = typed.trim();
  // Not a number: the text itself goes to the main side, whose refusal says what is allowed.
  if (editor.kind === 'number') return text === '' || Number.isNaN(Number(text)) ? text : Number(text);
  if (editor.kind === 'text' && editor.nullable && text === '') return null;
  return text;
}

/** A value as text: what one would type, or JSON. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(settingSchemas, key);
}
