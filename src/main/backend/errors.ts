import type { AwayPart, ErrorClass } from '../../shared/domain.ts';
import { BackendError } from './backend.ts';
import type { ExchangePhase } from './http.ts';
import { errorTextOf, isRecord, oneLine, requestClass } from './wording.ts';

/** What was asked of the backend; only `submit` and `stop` change something there. */
export type Call = 'health' | 'key' | 'submit' | 'poll' | 'list' | 'stop' | 'download';

export interface Asked {
  call: Call;
  /** Base URL, for the sentence. */
  server: string;
  hasKey: boolean;
  /** Who is asked, for the sentence. Not G-Labs when a result lies with a third party. */
  name: string;
}

/** An HTTP answer as far as classification looks at it. */
export interface AnswerFacts {
  status: number;
  /** The parsed body, undefined when it is not JSON. */
  json: unknown;
  /** The beginning of a body that is not JSON. */
  text: string;
  contentType: string;
  /** `Server` header, empty if none. */
  serverHeader: string;
  /** `Location` header, empty if none. */
  location: string;
}

export interface BreakFacts {
  phase: ExchangePhase;
  code: string | null;
  timedOut: boolean;
}

/** Where Cloudflare says by number that it never reached the origin; 502, 520, 522 and 524 may come after it did. */
const neverReached = new Set([521, 523, 525, 526, 530]);

const startCure =
  'Start G-Labs (Webhook tab, Start; turn on auto-start there), or correct the setting glabs.url.';
const addressCure = 'Look at what listens on that port, and correct the setting glabs.url.';

/**
 * What an HTTP answer that is not a success means (behaviour.md §5, glabs-api.md A7). By number; wording decides
 * only within 400 and 404. Pure.
 */
export function classifyAnswer(answer: AnswerFacts, asked: Asked): BackendError {
  const { status } = answer;
  const { server, call } = asked;
  const said = saidBy(answer);
  const html = isHtml(answer);
  const submit = call === 'submit';
  const error = (
    kind: BackendError['kind'],
    errorClass: ErrorClass,
    message: string,
    cure: string,
    arrived: 'no' | 'unknown' = 'no',
  ) =>
    new BackendError({
      kind,
      class: errorClass,
      code: status,
      arrived: submit ? arrived : 'no',
      message,
      cure,
    });

  if (status === 502 || (status >= 520 && status <= 530)) {
    const words = `Cannot reach G-Labs at ${server}: the tunnel or proxy in front of it answered ${status}.`;
    const arrived = neverReached.has(status) ? 'no' : 'unknown';
    return error('unreachable', 'connection refused', words, 'Start G-Labs and its tunnel.', arrived);
  }
  if (status === 504 || status === 408) {
    const words = `${server} answered ${status}: the request took too long.`;
    const cure = 'Look whether G-Labs is busy or hangs.';
    return error(
      'no-answer',
      submit ? 'timeout' : 'connection refused',
      words,
      cure,
      status === 408 ? 'no' : 'unknown',
    );
  }
  if (status === 401) return error('refused', 'api_error', keyRefused(asked, said), keyCure(asked));
  if (status === 403) {
    // A7 knows 403 at this level as the plan only; Google's own refusal of an account may pass a quota.
    if (/PERMISSION_DENIED/.test(said) || hasTaskCode(answer.json, 403)) {
      return error('quota', 'api_error', `G-Labs was refused by Google (403)${said}.`, quotaCure);
    }
    const who = html ? `Something in front of G-Labs at ${server}` : `G-Labs at ${server}`;
    const cure = 'The web API of G-Labs needs the MAX plan. Look at the plan and at the Webhook tab.';
    return error('refused', 'api_error', `${who} refused the request (403)${said}.`, cure);
  }
  if (status === 429)
    return error('quota', 'api_error', `G-Labs takes no more for now (429)${said}.`, quotaCure);
  if (status === 413) {
    const words = `G-Labs at ${server} found the request too large (413)${said}.`;
    return error('rejected', 'reference', words, 'Use smaller or fewer reference pictures.');
  }
  if (status >= 300 && status < 400) {
    const to = answer.location === '' ? 'another address' : answer.location.slice(0, 200);
    const words = `${server} does not answer like G-Labs: it sends on to ${to} (${status}).`;
    return error(
      'wrong-service',
      'connection refused',
      words,
      'Put the real address into the setting glabs.url.',
    );
  }
  if (call === 'download' && (status === 410 || (status === 404 && !html))) {
    return error(
      'gone',
      'api_error',
      `The result is no longer there (${status})${said}.`,
      'Generate it again.',
    );
  }
  if (status >= 500) {
    // With words of its own the backend said no; without, nobody knows how far it got.
    const words = `G-Labs at ${server} failed (${status})${said}.`;
    const arrived = errorTextOf(answer.json) === null ? 'unknown' : 'no';
    return error('upstream', 'api_error', words, 'Look at the log of G-Labs.', arrived);
  }
  if (status >= 400 && answer.json !== undefined) {
    const errorClass = requestClass(status, errorTextOf(answer.json) ?? '');
    if (status === 404 && errorClass === 'api_error') {
      const words = `${server} answers, but does not know what was asked of it (404)${said}.`;
      return error('wrong-service', 'connection refused', words, addressCure);
    }
    return error(
      'rejected',
      errorClass,
      `G-Labs rejected the request (${status})${said}.`,
      classCure[errorClass],
    );
  }
  if (status >= 400 || html) return wrongService(answer, asked);
  const words = `${server} gave an answer that is not of G-Labs' format: ${described(answer)}.`;
  return error(
    'nonsense',
    'api_error',
    words,
    'Look at the version of G-Labs and at what stands in front of it.',
    'unknown',
  );
}

/** A third party's server that will not give a result (a signed address that ran out, a file cleaned up). */
export function classifyForeign(status: number, asked: Asked): BackendError {
  const kind = status < 500 && status !== 429 ? 'gone' : 'unreachable';
  const message = `${asked.name} at ${asked.server} did not give the result (${status}).`;
  const cure = kind === 'gone' ? 'Generate it again.' : 'Wait, and try again.';
  const errorClass = kind === 'gone' ? 'api_error' : 'connection refused';
  return new BackendError({ kind, class: errorClass, code: status, arrived: 'no', message, cure });
}

/** Something that is not G-Labs answered: says what it seems to be. */
export function wrongService(answer: AnswerFacts, asked: Asked): BackendError {
  // A page with a success in front of G-Labs may have passed the request on; an error page did not.
  const arrived = asked.call === 'submit' && answer.status < 300 ? 'unknown' : 'no';
  return new BackendError({
    kind: 'wrong-service',
    class: 'connection refused',
    code: answer.status,
    arrived,
    message: `${asked.server} answers, but it is not G-Labs: ${described(answer)}.`,
    cure: addressCure,
  });
}

/**
 * What is away when a request through the tunnel had no answer of G-Labs: a 502 is cloudflared's word that G-Labs
 * behind it is, and whoever took the request and kept silent is G-Labs too. Pure.
 */
export const awayPart = ({ code, kind }: Pick<BackendError, 'code' | 'kind'>): AwayPart =>
  code === 502 || kind === 'no-answer' ? 'glabs' : 'tunnel';

/** What a broken exchange means. Pure. */
export function classifyBreak(facts: BreakFacts, asked: Asked, cause?: unknown): BackendError {
  const { phase, code, timedOut } = facts;
  const { server, call, name } = asked;
  const submit = call === 'submit';
  const arrived = submit && phase !== 'connect' ? 'unknown' : 'no';
  const make = (kind: BackendError['kind'], errorClass: ErrorClass, message: string, cure: string) =>
    new BackendError({ kind, class: errorClass, arrived, message, cure, cause });

  if (
    code?.startsWith('HPE_') ||
    (phase === 'connect' && code !== null && /^(ERR_SSL_WRONG|EPROTO)/.test(code))
  ) {
    const words = `${server} answers, but not in the language of ${code.startsWith('HPE_') ? 'HTTP' : 'https'}.`;
    return make('wrong-service', 'connection refused', words, addressCure);
  }
  if (code === 'TOO_BIG') {
    const words = `${server} sent more than Flowdeck takes in one answer.`;
    return make('nonsense', 'api_error', words, 'Look at what answers there.');
  }
  if (phase === 'connect') {
    const words = `Cannot reach ${name} at ${server}: ${timedOut ? 'it did not take the connection in time' : wordsFor(code)}.`;
    return make('unreachable', 'connection refused', words, startCure);
  }
  if (timedOut) {
    const words = `${name} at ${server} took the request but did not answer in time.`;
    const cure = 'Look whether G-Labs hangs; restart it if it does.';
    return make('no-answer', submit ? 'timeout' : 'connection refused', words, cure);
  }
  const when = phase === 'waiting' ? 'before it answered' : 'in the middle of its answer';
  const words = `${name} at ${server} cut the connection ${when}.`;
  return make('unreachable', 'connection refused', words, startCure);
}

const quotaCure = 'Wait, or look at the accounts and their quota in G-Labs.';

const classCure: Record<ErrorClass, string> = {
  content_policy: 'Change the prompt or the reference picture.',
  timeout: 'Run it again.',
  'connection refused': startCure,
  api_error: 'Look at the log of G-Labs.',
  'model not available': 'Choose a model that this G-Labs knows.',
  reference: 'Use another reference picture.',
  'dangling link': 'Mend the link.',
};

function keyRefused(asked: Asked, said: string): string {
  return asked.hasKey
    ? `G-Labs at ${asked.server} does not accept the API key (401)${said}.`
    : `G-Labs at ${asked.server} wants an API key, and none is set (401).`;
}

function keyCure(asked: Asked): string {
  const how = 'store it with: flowdeck config set-secret glabs.apiKey';
  return asked.hasKey
    ? `Copy the key anew from the Webhook tab and ${how}`
    : `Copy the key from the Webhook tab and ${how}`;
}

function wordsFor(code: string | null): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'the connection was refused';
    case 'ENOTFOUND':
      return 'its name is not known';
    case 'EAI_AGAIN':
      return 'its name could not be looked up (is this machine online?)';
    case 'ETIMEDOUT':
      return 'it did not take the connection in time';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'there is no way to that network';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'the connection was cut at once';
    case null:
      return 'the connection failed';
    default:
      return /CERT|TLS|SSL|SELF_SIGNED/.test(code)
        ? `its certificate is not trusted (${code})`
        : `the connection failed (${code})`;
  }
}

/** The backend's own words as `: "…"`, or nothing. */
function saidBy(answer: AnswerFacts): string {
  const text = errorTextOf(answer.json);
  return text === null ? '' : `: "${oneLine(text)}"`;
}

/** Numbers come as text from some builds. */
function hasTaskCode(json: unknown, code: number): boolean {
  return isRecord(json) && (json.error_code === code || json.error_code === String(code));
}

function isHtml(answer: AnswerFacts): boolean {
  return (
    answer.json === undefined &&
    (/html/i.test(answer.contentType) || /^\s*<(!doctype|html)/i.test(answer.text))
  );
}

/** `an HTML page titled "Grafana" (200, server nginx)` */
function described(answer: AnswerFacts): string {
  const title = /<title[^>]*>([^<]{1,200})/i.exec(answer.text)?.[1]?.trim();
  const what = isHtml(answer)
    ? `an HTML page${title ? ` titled "${oneLine(title)}"` : ''}`
    : answer.json !== undefined
      ? 'JSON of another kind'
      : answer.text.trim() === ''
        ? 'an empty answer'
        : `"${oneLine(answer.text.slice(0, 80))}"`;
  const who = answer.serverHeader === '' ? '' : `, server ${oneLine(answer.serverHeader)}`;
  return `${what} (${answer.status}${who})`;
}
