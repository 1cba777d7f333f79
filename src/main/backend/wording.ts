import type { ErrorClass } from '../../shared/domain.ts';

/** What the backend's numbers and words say about a failure. Pure. */

/** Task errors of glabs-api.md A7: by number, by wording only where the number leaves it open. Pure. */
export function classifyTask(code: number, message: string): ErrorClass {
  if (code === 408 || code === 504 || (code === 0 && /^\W*time(d )?-?out\b/i.test(message))) return 'timeout';
  return requestClass(code, message);
}

/** Wording decides here only: a 400 is the prompt's, the model's or anybody's fault. */
export function requestClass(code: number, message: string): ErrorClass {
  if (code === 400 && policyWording.test(message)) return 'content_policy';
  const namesModel =
    code === 0 ? modelWord.test(message) : modelWord.test(message) || modelName.test(message);
  return namesModel && (code === 400 || code === 404 || code === 0) ? 'model not available' : 'api_error';
}

/** English, Google's own codes, and the Vietnamese of the vendor's first audience. */
const policyWording =
  /polic(y|ies)|safety|unsafe|prohibited|harmful|violat|moderat|sensitive|blocked|PROMINENT_PEOPLE|chính sách|vi phạm/i;

/** The word, or a code such as MISSING_MODEL. */
const modelWord = /(?<![a-z])models?(?![a-z])/i;
const modelName = /(?<![a-z])(nano_?banana|imagen|veo|omni)/i;

/** Text of a stranger on one line, without control characters, at most 300 characters. */
export function oneLine(text: string): string {
  const flat = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return flat.length > 300 ? `${flat.slice(0, 300)}…` : flat;
}

/** The error text of an answer, wherever this build puts it; null if there is none. */
export function errorTextOf(json: unknown): string | null {
  return textIn(json) ?? (isRecord(json) ? textIn(json.error) : null);
}

function textIn(value: unknown): string | null {
  if (!isRecord(value)) return null;
  for (const key of ['error', 'error_detail', 'detail', 'message']) {
    const text = value[key];
    if (typeof text === 'string' && text.trim() !== '') return text;
  }
  return null;
}

/** The answer itself says that it is a failure, whatever its HTTP status. */
export function saysFailure(json: unknown): boolean {
  if (!isRecord(json)) return false;
  const { error, success } = json;
  return success === false || isRecord(error) || (typeof error === 'string' && error !== '');
}

/** A JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
