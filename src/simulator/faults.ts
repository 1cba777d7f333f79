import { z } from 'zod';
import { drawsFor } from './chance.ts';
import type { Fate } from './glabs.ts';

/** Every fault by name, with where it strikes unless the rule says otherwise. docs/simulator.md explains each. */
const placeOf = {
  'task-400': 'submit',
  'task-401': 'submit',
  'task-403': 'submit',
  'task-429': 'submit',
  'task-500': 'submit',
  'task-0': 'submit',
  'refuse-prompt': 'submit',
  stuck: 'submit',
  lost: 'submit',
  'drop-before': 'submit',
  'drop-answer': 'submit',
  hang: 'submit',
  'hang-answer': 'submit',
  html: 'submit',
  restart: 'submit',
  'http-401': 'submit',
  'http-403': 'submit',
  'http-429': 'submit',
  'http-500': 'submit',
  'http-502': 'submit',
  'http-503': 'submit',
  'http-522': 'submit',
  'short-file': 'file',
  'corrupt-file': 'file',
} as const;

export type FaultName = keyof typeof placeOf;
const faultNames = Object.keys(placeOf) as [FaultName, ...FaultName[]];

/** Where a request goes: the faults of the connection and of HTTP can strike at any of them. */
export const places = ['submit', 'status', 'tasks', 'stop', 'health', 'file'] as const;
export type Place = (typeof places)[number];

const movable: readonly FaultName[] = [
  'drop-before',
  'drop-answer',
  'hang',
  'hang-answer',
  'html',
  'restart',
  'http-401',
  'http-403',
  'http-429',
  'http-500',
  'http-502',
  'http-503',
  'http-522',
];

export const FaultRule = z
  .strictObject({
    fault: z.enum(faultNames),
    /** Where it strikes, for faults of the connection and of HTTP. */
    on: z.enum(places).optional(),
    kind: z.enum(['image', 'video']).optional(),
    /** Text the prompt has to contain, without case. */
    prompt: z.string().min(1).optional(),
    /** Lets this many matching requests pass first. */
    skip: z.number().int().min(0).optional(),
    /** Strikes this many times, then never again. Without it: always. */
    next: z.number().int().min(1).optional(),
    /** Strikes with this probability. */
    probability: z.number().min(0).max(1).optional(),
    /** The error's text instead of the usual one. */
    message: z.string().min(1).optional(),
  })
  .refine(
    (rule) => rule.on === undefined || rule.on === placeOf[rule.fault] || movable.includes(rule.fault),
    {
      message: 'this fault cannot be moved to another place',
      path: ['on'],
    },
  )
  .refine((rule) => rule.fault !== 'refuse-prompt' || rule.prompt !== undefined, {
    message: 'refuse-prompt needs the text it refuses',
    path: ['prompt'],
  });
export type FaultRule = z.infer<typeof FaultRule>;

/** A request as rules look at it. Kind and prompt are null where a request has none. */
export interface Subject {
  place: Place;
  kind: 'image' | 'video' | null;
  prompt: string | null;
}

export interface RuleState {
  rule: FaultRule;
  /** Matching requests so far. */
  seen: number;
  /** Times it struck. */
  hits: number;
}

export type FaultBook = ReturnType<typeof createFaultBook>;

/** The rules in force. The first one that matches and strikes decides; at equal order of requests always the same. */
export function createFaultBook(seed: number, initial: readonly FaultRule[]) {
  let states: RuleState[] = [];
  const add = (rules: readonly FaultRule[]) => {
    states = [...states, ...rules.map((rule) => ({ rule, seen: 0, hits: 0 }))];
  };
  add(initial);

  return {
    add,
    replace(rules: readonly FaultRule[]): void {
      states = [];
      add(rules);
    },
    states: (): readonly RuleState[] => states,
    strike(subject: Subject): FaultRule | null {
      for (const [index, state] of states.entries()) {
        const { rule } = state;
        if (!matches(rule, subject)) continue;
        state.seen += 1;
        if (state.seen <= (rule.skip ?? 0)) continue;
        if (rule.next !== undefined && state.hits >= rule.next) continue;
        if (
          rule.probability !== undefined &&
          drawsFor(seed, 'fault', index, state.seen)() >= rule.probability
        ) {
          continue;
        }
        state.hits += 1;
        return rule;
      }
      return null;
    },
  };
}

function matches(rule: FaultRule, subject: Subject): boolean {
  if ((rule.on ?? placeOf[rule.fault]) !== subject.place) return false;
  if (rule.kind !== undefined && rule.kind !== subject.kind) return false;
  if (rule.prompt === undefined) return true;
  return subject.prompt?.toLowerCase().includes(rule.prompt.toLowerCase()) ?? false;
}

/** What a rule does to a request: to the connection, to the answer, to the task, or to the file. */
export type Effect =
  | { does: 'connection'; when: 'before' | 'after'; how: 'drop' | 'hang' }
  | { does: 'answer'; status: number; body: string; html: boolean }
  | { does: 'task'; fate: Fate }
  | { does: 'lose' }
  | { does: 'restart' }
  | { does: 'file'; how: 'short' | 'corrupt' };

const POLICY_TEXT = 'The prompt was blocked by the content policy (prominent people or unsafe content)';

const taskErrors: Readonly<Record<string, { code: number; message: string }>> = {
  'task-400': { code: 400, message: POLICY_TEXT },
  'refuse-prompt': { code: 400, message: POLICY_TEXT },
  'task-401': { code: 401, message: 'UNAUTHENTICATED' },
  'task-403': { code: 403, message: 'PERMISSION_DENIED' },
  'task-429': { code: 429, message: 'Daily quota exhausted (demo@example.com)' },
  'task-500': { code: 500, message: 'INTERNAL' },
  'task-0': { code: 0, message: 'No active accounts available' },
};

const httpErrors: Readonly<Record<string, { status: number; text: string; html: boolean }>> = {
  'http-401': { status: 401, text: 'Invalid or missing API key', html: false },
  'http-403': { status: 403, text: 'Webhook requires MAX plan', html: false },
  'http-429': { status: 429, text: 'Too many requests', html: false },
  'http-500': { status: 500, text: 'Internal server error', html: false },
  'http-503': { status: 503, text: 'Service unavailable', html: false },
  // What a tunnel answers when the application behind it is gone: a page, not JSON.
  'http-502': { status: 502, text: '502 Bad gateway', html: true },
  'http-522': { status: 522, text: '522 Connection timed out', html: true },
  html: { status: 200, text: 'Welcome to somebody else', html: true },
};

export function effectOf(rule: FaultRule): Effect {
  const task = taskErrors[rule.fault];
  if (task !== undefined) {
    const error = { code: task.code, message: rule.message ?? task.message };
    return { does: 'task', fate: { end: 'failed', error, atOnce: false } };
  }
  const http = httpErrors[rule.fault];
  if (http !== undefined) {
    const text = rule.message ?? http.text;
    const body = http.html
      ? `<!DOCTYPE html><html><head><title>${text}</title></head><body><h1>${text}</h1></body></html>`
      : JSON.stringify({ error: text });
    return { does: 'answer', status: http.status, body, html: http.html };
  }
  switch (rule.fault) {
    case 'drop-before':
      return { does: 'connection', when: 'before', how: 'drop' };
    case 'drop-answer':
      return { does: 'connection', when: 'after', how: 'drop' };
    case 'hang':
      return { does: 'connection', when: 'before', how: 'hang' };
    case 'hang-answer':
      return { does: 'connection', when: 'after', how: 'hang' };
    case 'stuck':
      return { does: 'task', fate: { end: 'stuck' } };
    case 'lost':
      return { does: 'lose' };
    case 'short-file':
      return { does: 'file', how: 'short' };
    case 'corrupt-file':
      return { does: 'file', how: 'corrupt' };
    default:
      return { does: 'restart' };
  }
}

/**
 * A rule as it is typed: JSON, or `task-429,kind=image,prompt=Scene 03,next=2` (values without commas).
 * Throws an Error with a sentence when it cannot be understood.
 */
export function parseFaultRule(text: string): FaultRule {
  let value: unknown;
  if (text.trimStart().startsWith('{')) {
    try {
      value = JSON.parse(text);
    } catch (error) {
      throw new Error(`The fault ${text} is not valid JSON.`, { cause: error });
    }
  } else {
    const [fault = '', ...rest] = text.split(',');
    const fields: Record<string, unknown> = { fault: fault.trim() };
    for (const part of rest) {
      const at = part.indexOf('=');
      const key = (at === -1 ? part : part.slice(0, at)).trim();
      const raw = at === -1 ? '' : part.slice(at + 1).trim();
      fields[key] = ['next', 'skip', 'probability'].includes(key) && raw !== '' ? Number(raw) : raw;
    }
    value = fields;
  }
  const parsed = FaultRule.safeParse(value);
  if (!parsed.success) throw new Error(`The fault ${text} is not understood: ${problemText(parsed.error)}`);
  return parsed.data;
}

/** The first problem of a zod error as one sentence. */
export function problemText(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'unknown problem';
  const place = issue.path.join('.');
  return place === '' ? issue.message : `${place}: ${issue.message}`;
}
