import type { ConsumerView } from '../../shared/services.ts';
import { type Clock, isoTime } from '../platform/clock.ts';
import type { Output } from './output.ts';
import { attemptOf, consumerWords, type Seen, serviceWords, stateWord } from './service-words.ts';

export interface ServiceReport {
  /** A service as it is now; what is not news says nothing. */
  hear(view: Seen): void;
}

/** Tells what becomes of the services: NDJSON lines of cli.md (`up`), and words for people. */
export function createServiceReport(output: Output, clock: Clock): ServiceReport {
  const last = new Map<Seen['name'], Seen>();
  let told: Seen | null = null;
  return {
    hear: (view) => {
      const before = last.get(view.name) ?? null;
      last.set(view.name, view);
      if (isNews(view, before)) {
        output.record(stateRecord(view, isoTime(clock)));
        const words = serviceWords(view, before, clock.now());
        if (words !== null) output.text(`${timeOfDay(clock)} ${words}`);
      }
      if (!isAddressNews(view, told)) return;
      output.record(addressRecord(view, isoTime(clock)));
      for (const line of addressWords(view, told)) output.text(`${timeOfDay(clock)} ${line}`);
      told = view;
    },
  };
}

/** `22:41:07`, on this machine's clock: what happened in the night has a time. */
const timeOfDay = (clock: Clock): string => new Date(clock.now()).toTimeString().slice(0, 8);

/** Pure. That something is down is news only when it was not before. */
export function isNews(view: Seen, before: Seen | null): boolean {
  if (stateWord(view) === 'stopped') return before !== null && stateWord(before) !== 'stopped';
  if (before === null) return true;
  const stand = (seen: Seen) =>
    JSON.stringify([stateWord(seen), startedAs(seen), seen.nextAttemptAt, seen.problem?.message]);
  return stand(view) !== stand(before);
}

/** What is starting was only looked for until it has a process. */
const startedAs = ({ state, pid }: Seen): number | null => (state === 'starting' ? pid : null);

/** `url` is where it answers or is going to; a public one counts once the state is `verified`. */
const stateRecord = (view: Seen, at: string) => ({
  type: 'service.state',
  at,
  service: view.name,
  state: stateWord(view),
  pid: view.pid,
  url: view.url,
  reason: view.problem?.message ?? null,
  attempt: attemptOf(view),
  nextAttemptAt: view.nextAttemptAt,
});

/** Pure. The address counts once it is verified; `told` is the view that was told last. */
export function isAddressNews(view: Seen, told: Seen | null): boolean {
  const facts = view.tunnel;
  if (facts?.stage !== 'verified' || facts.address === null) return false;
  return addressKey(view) !== (told === null ? null : addressKey(told));
}

const addressKey = ({ tunnel }: Seen): string =>
  JSON.stringify([tunnel?.address?.url, tunnel?.address?.revision, tunnel?.consumers.map(consumerKey)]);

const consumerKey = ({ id, state, revision, problem }: ConsumerView): string =>
  JSON.stringify([id, state, revision, problem?.message]);

const addressRecord = ({ tunnel }: Seen, at: string) => ({
  type: 'tunnel.url',
  at,
  url: tunnel?.address?.url ?? null,
  revision: tunnel?.address?.revision ?? null,
  consumers: tunnel?.consumers ?? [],
});

/** A new address with everybody who uses it; an old one with those of whom there is news. */
function addressWords({ tunnel }: Seen, told: Seen | null): string[] {
  const revision = tunnel?.address?.revision;
  const isNew = told?.tunnel?.address?.revision !== revision;
  const known = new Set(isNew ? [] : told?.tunnel?.consumers.map(consumerKey));
  const news = (tunnel?.consumers ?? []).filter((one) => !known.has(consumerKey(one)));
  return [
    ...(isNew ? [`The address of the tunnel is ${tunnel?.address?.url} (revision ${revision}).`] : []),
    ...news
      .filter(hasOutcome)
      .map(consumerWords)
      .filter((words) => words !== null),
  ];
}

/** One that is being told this very moment is soon heard of. */
const hasOutcome = ({ state, problem }: ConsumerView): boolean => state === 'confirmed' || problem !== null;
