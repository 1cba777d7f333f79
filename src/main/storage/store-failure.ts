import { type FlowdeckError, fail } from '../../shared/failure.ts';
import { errorCode } from '../platform/error-code.ts';
import { badKeyReason } from './object-key.ts';

/** What a store is to a sentence about it. */
export interface StorePlace {
  /** As in `storage.stores`. */
  name: string;
  /** Where it is, without secrets. */
  where: string;
}

/** Why nothing came back from the network; null when the error is not one of the network. */
export function networkFailure(error: unknown, { name, where }: StorePlace): FlowdeckError | null {
  const code = networkCode(error);
  const words = code === null ? undefined : (problems[code] ?? certificateProblem(code));
  if (words === undefined) return null;
  return fail('store-unreachable', `The store "${name}" ${words[0]}.`, { where, cure: words[1] });
}

/** The store does not answer in time. */
export const silentStore = ({ name, where }: StorePlace): FlowdeckError =>
  fail('store-unreachable', `The store "${name}" does not answer.`, { where, cure: waitOrLook });

/** Throws `store-refused` for a key that could not be a path everywhere (behaviour.md §6). */
export function assertKey(key: string, store: string): void {
  const reason = badKeyReason(key);
  if (reason === null) return;
  throw fail('store-refused', `The store "${store}" cannot take this name: ${reason}.`, {
    where: key.slice(0, 200),
    cure: 'Rename the workflow or the tab.',
  });
}

/** Something else lies under the key; nothing was written. */
export const otherContent = (store: string, where: string, whose: 'file' | 'object'): FlowdeckError =>
  fail('store-refused', `The store "${store}" holds other content under this name; it was left as it is.`, {
    where,
    cure: `Look at that ${whose}, and move it away if it does not belong there.`,
  });

const waitOrLook = 'Wait, or look whether the store is up and its address is right in the settings.';
const connection = 'Look at the connection of this machine, then try again.';
const broken: [string, string] = ['broke the connection', waitOrLook];
const unknown: [string, string] = [
  'cannot be found by its name',
  `${connection} Or correct the address of the store in the settings.`,
];
const silent: [string, string] = ['does not answer', waitOrLook];
const noWay: [string, string] = ['cannot be reached from here', connection];

const problems: Record<string, [string, string]> = {
  ECONNREFUSED: ['is not there: nobody listens at its address', waitOrLook],
  ENOTFOUND: unknown,
  EAI_AGAIN: unknown,
  ECONNRESET: broken,
  EPIPE: broken,
  ECONNABORTED: broken,
  UND_ERR_SOCKET: broken,
  ETIMEDOUT: silent,
  ESOCKETTIMEDOUT: silent,
  TimeoutError: silent,
  UND_ERR_CONNECT_TIMEOUT: silent,
  UND_ERR_HEADERS_TIMEOUT: silent,
  UND_ERR_BODY_TIMEOUT: silent,
  EHOSTUNREACH: noWay,
  ENETUNREACH: noWay,
  EHOSTDOWN: noWay,
  ENETDOWN: noWay,
  EPROTO: ['does not speak TLS as it should', 'Look whether its address begins rightly with http or https.'],
};

/** Codes of OpenSSL for a certificate that cannot be believed. */
function certificateProblem(code: string): [string, string] | undefined {
  if (!/CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|HPE_/.test(code)) return undefined;
  return code.startsWith('HPE_')
    ? ['does not speak HTTP as it should', 'Look whether its address is right in the settings.']
    : [
        'shows a certificate that this machine does not trust',
        'Look whether its address is right, and the clock of this machine.',
      ];
}

/** The code of a failed exchange, wherever the client put it: on the error, its name, or its cause. */
function networkCode(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if (error.name === 'TimeoutError') return error.name;
  if (error instanceof AggregateError) return networkCode(error.errors[0]);
  const code = errorCode(error);
  return code === '' ? networkCode(error.cause) : code;
}
