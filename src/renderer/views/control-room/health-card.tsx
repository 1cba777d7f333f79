import { memo, useMemo, useState } from 'react';
import type { ServicesView, ServiceView } from '../../../shared/services.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { cx } from '../../components/cx.ts';
import { Table, Td, Th } from '../../components/data-table.tsx';
import { clockTime, duration } from '../../components/format.ts';
import { Tooltip } from '../../components/tooltip.tsx';
import { useNow } from '../../state/clock.tsx';
import { tunnelAbsence } from '../../state/service-look.ts';
import { type Health, HOUR_MS, healthSummary, type Stretch, stretches } from './health.ts';
import './health.css';

/** Coarse enough that the strips stand still between two looks: a pixel is some seconds anyway. */
const STEP_MS = 10_000;

const words: Record<Health, string> = {
  up: 'up',
  changing: 'starting or stopping',
  down: 'down',
  off: 'stopped',
  unknown: 'not watched',
};

const shown: readonly Health[] = ['up', 'changing', 'down', 'off'];

/** The last hour of both services, as a strip each, and as a list of times. */
export function HealthCard({ services }: { services: ServicesView }) {
  const nowMs = Math.floor(useNow() / STEP_MS) * STEP_MS + STEP_MS;
  return <Hour services={services} nowMs={nowMs} />;
}

const Hour = memo(function Hour({ services, nowMs }: { services: ServicesView; nowMs: number }) {
  const [asList, setAsList] = useState(false);
  const rows = [{ name: 'G-Labs', service: services.glabs }];
  if (tunnelAbsence(services.tunnel) === null) rows.push({ name: 'Tunnel', service: services.tunnel });
  return (
    <Card
      title="Last hour"
      className="shrink-0"
      aside={
        <>
          <Legend />
          <Button size="sm" variant="ghost" aria-pressed={asList} onClick={() => setAsList(!asList)}>
            As a list
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-2">
        {rows.map(({ name, service }) => (
          <Strip key={name} name={name} service={service} nowMs={nowMs} asList={asList} />
        ))}
        <Axis />
      </div>
    </Card>
  );
});

type StripProps = { name: string; service: ServiceView; nowMs: number; asList: boolean };

function Strip({ name, service, nowMs, asList }: StripProps) {
  const hour = useMemo(() => stretches(service.health, nowMs), [service.health, nowMs]);
  return (
    <div className="grid grid-cols-[4rem_minmax(0,1fr)] items-center gap-x-3">
      <span aria-hidden className="text-muted">
        {name}
      </span>
      <div role="img" aria-label={healthSummary(name, hour)} className="flex h-5 border-line border-b">
        {hour.map((stretch) => (
          <Tooltip key={stretch.from} text={`${words[stretch.health]}, ${timesOf(stretch)}`}>
            <span
              className="flex h-full items-end"
              // A second of an outage must not vanish.
              style={{
                flexGrow: (stretch.to - stretch.from) / HOUR_MS,
                minWidth: stretch.health === 'down' ? 3 : 0,
              }}
            >
              <span className={cx('health w-full', `health-${stretch.health}`)} />
            </span>
          </Tooltip>
        ))}
      </div>
      {asList && (
        <div className="col-start-2 max-h-48 overflow-y-auto py-1" {...keyboardScroll}>
          <Table caption={`${name} in the last hour`}>
            <thead>
              <tr>
                <Th className="w-24">From</Th>
                <Th className="w-24">To</Th>
                <Th className="w-32">For</Th>
                <Th>State</Th>
              </tr>
            </thead>
            <tbody>
              {hour.toReversed().map((stretch) => (
                <tr key={stretch.from}>
                  <Td className="h-6">{clockTime(iso(stretch.from))}</Td>
                  <Td className="h-6">{stretch.to === nowMs ? 'now' : clockTime(iso(stretch.to))}</Td>
                  <Td className="h-6">{duration((stretch.to - stretch.from) / 1000)}</Td>
                  <Td className="h-6">{words[stretch.health]}</Td>
                </tr>
              ))}
            </tbody>
          </Table>
        </div>
      )}
    </div>
  );
}

function Axis() {
  return (
    <div aria-hidden className="grid grid-cols-[4rem_minmax(0,1fr)] gap-x-3 text-muted text-xs">
      <span />
      <span className="flex justify-between">
        <span>60 min ago</span>
        <span>45</span>
        <span>30</span>
        <span>15</span>
        <span>now</span>
      </span>
    </div>
  );
}

function Legend() {
  return (
    <ul aria-label="What the strips show" className="flex flex-wrap items-center gap-x-3 text-muted text-xs">
      {shown.map((health) => (
        <li key={health} className="flex items-center gap-1">
          <span aria-hidden className="flex h-3 w-4 items-end">
            <span className={cx('health w-full', `health-${health}`)} />
          </span>
          {words[health]}
        </li>
      ))}
    </ul>
  );
}

const iso = (ms: number) => new Date(ms).toISOString();

function timesOf({ from, to }: Stretch): string {
  return `${clockTime(iso(from))} to ${clockTime(iso(to))} (${duration((to - from) / 1000)})`;
}

/** What scrolls must be reachable with the keyboard (WCAG 2.1.1). */
const keyboardScroll = { tabIndex: 0 };
