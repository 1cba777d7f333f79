import type { RecoveryEntry } from '../../shared/recovery.ts';
import type { RunSummary } from '../../shared/run-view.ts';
import type { Problem, ServicesView, ServiceView } from '../../shared/services.ts';
import { picks } from './run-notices.ts';

/** How it stands, by one picture: each has a shape of its own, not only a colour (ui.md, manner). */
export type TrayIcon = 'ok' | 'busy' | 'needs-you' | 'trouble' | 'off';

export type TrayAction = 'open' | 'start' | 'stop' | 'copy-address' | 'quit';

/** A line of the menu; without an action it only says something. */
export interface TrayItem {
  label: string;
  action: TrayAction | null;
  enabled: boolean;
}

/** What the tray shows: what a person wants to know without opening the window. */
export interface TrayState {
  icon: TrayIcon;
  /** One sentence. */
  tooltip: string;
  /** Groups of lines, a separator between them. */
  menu: TrayItem[][];
  /** Something goes on that is to outlive the window: closing that leaves the tray. */
  goesOn: boolean;
}

/** Lines of the menu for interrupted runs; the window lists them all. */
const MOST_INTERRUPTED = 3;

/** Windows cuts a tooltip after this many characters. */
const LONGEST_TOOLTIP = 127;

/**
 * Pure. `runs`: those that this process drives and that have not ended. `interrupted`: those that nobody has looked at.
 */
export function trayState(
  services: ServicesView,
  runs: readonly RunSummary[],
  interrupted: readonly Pick<RecoveryEntry, 'name'>[] = [],
): TrayState {
  const { glabs, tunnel } = services;
  const both = [glabs, tunnel];
  const waiting = runs.filter((run) => run.picksOpen > 0);
  const inTrouble = both.find(isTroubled) ?? null;
  const coming = both.some(({ state }) => state === 'starting' || state === 'stopping');
  const up = both.some(isUp);
  const icon =
    inTrouble !== null
      ? 'trouble'
      : waiting.length > 0 || (interrupted.length > 0 && runs.length === 0)
        ? 'needs-you'
        : runs.length > 0 || coming
          ? 'busy'
          : glabs.state === 'ready'
            ? 'ok'
            : 'off';
  const sentence =
    problemSentence(inTrouble) ??
    waiting.map((run) => `${run.name} waits for ${picks(run.picksOpen)}.`)[0] ??
    runs.map((run) => `${runWords(run)}.`)[0] ??
    interrupted.map(({ name }) => `${name} was interrupted.`)[0] ??
    (coming ? 'What is asked for is on its way.' : upSentence(services));
  return {
    icon,
    tooltip: shortened(`Flowdeck: ${sentence}`),
    menu: [
      [act('open', 'Open Flowdeck')],
      [
        says(`G-Labs: ${glabs.demo ? 'demo, ' : ''}${glabs.state}`),
        says(`Tunnel: ${tunnel.tunnel?.stage ?? tunnel.state}`),
        ...runs.map((run) => act('open', runWords(run))),
        ...interrupted.slice(0, MOST_INTERRUPTED).map(({ name }) => act('open', `${name} was interrupted`)),
      ],
      [
        act('start', 'Start', both.some(canStart)),
        act('stop', 'Stop all', up),
        act('copy-address', "Copy the tunnel's address", publicAddress(services) !== null),
      ],
      [act('quit', 'Quit')],
    ],
    goesOn: up || runs.length > 0,
  };
}

/** The tunnel's address, while it is known to lead here. */
export function publicAddress({ tunnel }: ServicesView): string | null {
  return tunnel.tunnel?.stage === 'verified' ? (tunnel.tunnel.address?.url ?? null) : null;
}

/** Wanted, and not there: a start that waits its turn is trouble too, and says when it comes. */
const isTroubled = ({ desired, state }: ServiceView): boolean =>
  desired === 'up' && (state === 'failed' || state === 'foreign' || state === 'unhealthy');

const isUp = ({ desired, state }: ServiceView): boolean =>
  desired === 'up' && state !== 'stopped' && state !== 'failed';

const canStart = ({ desired, state, startWill }: ServiceView): boolean =>
  startWill !== 'nothing' && !(desired === 'up' && state === 'ready');

function problemSentence(service: ServiceView | null): string | null {
  if (service === null) return null;
  const problem: Problem | null = service.problem;
  const name = service.name === 'glabs' ? 'G-Labs' : 'The tunnel';
  return problem?.message ?? `${name} does not answer.`;
}

function upSentence({ glabs, tunnel }: ServicesView): string {
  const here = glabs.demo ? 'the demo' : 'G-Labs';
  if (glabs.state !== 'ready') return 'G-Labs is not up.';
  return tunnel.state === 'ready' ? `${here} and the tunnel are up.` : `${here} is up.`;
}

/** `XYZG3-V0-1: 23 of 40, about 6 min left` */
function runWords({ name, done, total, etaS, status }: RunSummary): string {
  const left =
    status === 'paused'
      ? ', paused'
      : etaS === null
        ? ''
        : `, about ${etaS < 60 ? `${Math.round(etaS)} s` : `${Math.round(etaS / 60)} min`} left`;
  return `${name}: ${done} of ${total}${left}`;
}

const says = (label: string): TrayItem => ({ label, action: null, enabled: false });

const act = (action: TrayAction, label: string, enabled = true): TrayItem => ({ label, action, enabled });

const shortened = (text: string): string =>
  text.length <= LONGEST_TOOLTIP ? text : `${text.slice(0, LONGEST_TOOLTIP - 1)}…`;
