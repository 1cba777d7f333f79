import { z } from 'zod';
import { type SettingKey, settingSchemas } from '../../shared/settings.ts';

/** What a setting may be, in words made from its schema: `a whole number from 1 to 5`. */
export function allowedValues(key: SettingKey): string {
  return words(z.toJSONSchema(settingSchemas[key], { io: 'input', unrepresentable: 'any' }));
}

type JsonSchema = z.core.JSONSchema.JSONSchema;

function words(schema: JsonSchema | boolean | undefined): string {
  if (schema === undefined || typeof schema === 'boolean') return 'any value';
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return [...new Set(choices.map(words))].join(', or ');
  if (schema.enum) return `one of ${schema.enum.join(', ')}`;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  switch (schema.type) {
    case 'null':
      return 'null';
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `a whole number${range(schema)}`;
    case 'number':
      return `a number${range(schema)}`;
    case 'string':
      return text(schema);
    case 'array':
      return `a list, each entry ${words(one(schema.items))}`;
    case 'object':
      return object(schema);
    default:
      return 'any value';
  }
}

function text(schema: JsonSchema): string {
  if (schema.format === 'uri') return 'an http or https address';
  if (schema.pattern === '^\\/.*') return 'text that begins with /';
  return 'text';
}

function range(schema: JsonSchema): string {
  const { minimum, exclusiveMinimum, maximum } = schema;
  const bounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  if (exclusiveMinimum !== undefined)
    return ` above ${exclusiveMinimum}${bounded ? `, at most ${maximum}` : ''}`;
  if (minimum !== undefined) return bounded ? ` from ${minimum} to ${maximum}` : `, at least ${minimum}`;
  return bounded ? `, at most ${maximum}` : '';
}

function object(schema: JsonSchema): string {
  if (schema.properties) {
    const required = new Set(schema.required);
    const fields = Object.entries(schema.properties).map(
      ([name, field]) => `${JSON.stringify(name)}${required.has(name) ? '' : ' (optional)'}: ${words(field)}`,
    );
    return `{${fields.join(', ')}}`;
  }
  return `an object, each value ${words(one(schema.additionalProperties))}`;
}

function one(
  schema: JsonSchema | boolean | (JsonSchema | boolean)[] | undefined,
): JsonSchema | boolean | undefined {
  return Array.isArray(schema) ? schema[0] : schema;
}

/** What is wrong with a value, one part for each place in it: `r2.endpoint must be an http or https address`. */
export function whatIsWrong(error: z.ZodError): string {
  return error.issues
    .map((issue) => {
      const place = issue.path.map(String).join('.');
      const message = issue.message.replace(/^Invalid (?:input|discriminator value|option): /, '');
      return place ? `${place}: ${message}` : message;
    })
    .join('; ');
}
