import { z } from 'zod';

const head = `# Settings

<!-- Made from the schema in src/shared/settings.ts by \`npm run docs\`; do not edit by hand. -->

\`settings.json\` in the data folder holds only what differs from the defaults. It is changed in the window, or by
\`flowdeck config set KEY VALUE\`, where VALUE is JSON if it parses and else a string; \`flowdeck config unset KEY\` goes
back to the default. A running app takes a change up at once. Deeper places can be named too:
\`flowdeck config set history.retention.daily 14\`.
`;

const secrets = `## Secrets

Secrets are never in \`settings.json\`. \`flowdeck config set-secret NAME\` reads one from standard input. The system's
keychain holds them, or, where there is none, an encrypted file that only you can read. An environment variable wins.

| secret | environment |
| --- | --- |
| \`glabs.apiKey\` | \`GLABS_API_KEY\` |
| \`storage.NAME.secretAccessKey\` | \`FLOWDECK_STORAGE_NAME_SECRET\` (name in capitals) |
| \`review.apiKey\` | \`FLOWDECK_REVIEW_API_KEY\` |
| \`tunnel.token\` | \`TUNNEL_TOKEN\` |
`;

/**
 * docs/settings.md, from the schema.
 * @param {readonly (readonly [string, import('zod').ZodType])[]} entries key and schema
 */
export function settingsPage(entries) {
  const rows = entries.map(([key, schema]) => {
    const shape = /** @type {Shape} */ (z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
    return `| \`${key}\` | ${code(schema.parse(undefined))} | ${cell(allowed(shape))} | ${cell(schema.description ?? '')} |`;
  });
  const table = ['| key | default | allowed | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
  return `${head}\n${table}\n\n${secrets}`;
}

/** @param {unknown} value */
function code(value) {
  if (value === null) return 'none';
  const text = JSON.stringify(value);
  return text.length > 80 ? 'see `flowdeck config get`' : `\`${cell(text)}\``;
}

/** @typedef {{ type?: unknown, enum?: unknown[], const?: unknown, anyOf?: Shape[], oneOf?: Shape[], items?: unknown, properties?: Record<string, unknown>, additionalProperties?: unknown, minimum?: number, maximum?: number, exclusiveMinimum?: number, format?: string }} Shape */

/**
 * What a JSON schema allows, in words.
 * @param {Shape} shape
 * @returns {string}
 */
function allowed(shape) {
  const { type, minimum, maximum, exclusiveMinimum, items, properties, additionalProperties } = shape;
  const choices = shape.anyOf ?? shape.oneOf;
  if (shape.const !== undefined) return `\`${String(shape.const)}\``;
  if (shape.enum) return shape.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (choices) {
    const kinds = choices.flatMap((choice) => kindOf(choice));
    if (kinds.length === choices.length)
      return `an object by \`kind\`: ${kinds.map((kind) => `\`${kind}\``).join(', ')}`;
    return choices.map((choice) => (choice.type === 'null' ? 'none' : allowed(choice))).join(', or ');
  }
  if (type === 'integer' || type === 'number') {
    const what = type === 'integer' ? 'a whole number' : 'a number';
    const most = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? '' : ` to ${maximum}`;
    if (exclusiveMinimum !== undefined) return `${what} above ${exclusiveMinimum}${most}`;
    const least = minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? '' : ` from ${minimum}`;
    return `${what}${least}${most}`;
  }
  if (type === 'array') return `a list; each: ${allowed(/** @type {Shape} */ (items ?? {}))}`;
  if (type === 'boolean') return '`true` or `false`';
  if (type === 'object' && properties)
    return `an object with ${Object.keys(properties)
      .map((name) => `\`${name}\``)
      .join(', ')}`;
  if (type === 'object')
    return `an object by name; each: ${allowed(/** @type {Shape} */ (additionalProperties ?? {}))}`;
  if (shape.format === 'uri') return 'an http or https address';
  return 'text';
}

/** @param {Shape} shape */
function kindOf({ properties }) {
  const kind = /** @type {Shape | undefined} */ (properties?.kind);
  return kind?.const === undefined ? [] : [String(kind.const)];
}

/** @param {string} text */
const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
