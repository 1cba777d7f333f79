import type { ConsumerView, ServiceView } from '../../../shared/services.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Table, Td, Th } from '../../components/data-table.tsx';
import { exactTime, relativeTime } from '../../components/format.ts';
import { RelativeTime } from '../../components/relative-time.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { notifyDone, notifyError } from '../../components/toaster.tsx';
import { Tooltip } from '../../components/tooltip.tsx';
import { useNow } from '../../state/clock.tsx';
import { verifiedUrl } from '../../state/service-look.ts';
import { openSettings } from '../../state/settings-search.ts';
import { useTellConsumer } from '../../wire/queries.ts';
import { consumerMark, consumerSummary, kindWords } from './consumer-words.ts';

/** Who uses the tunnel's address, and which of them has confirmed the current one. */
export function ConsumersCard({ service }: { service: ServiceView }) {
  const facts = service.tunnel;
  if (facts === null || facts.mode === 'none') return null;
  const { consumers, address } = facts;
  const url = verifiedUrl(service);
  return (
    <Card
      title="Who uses the tunnel’s address"
      className="shrink-0"
      aside={
        <>
          {url !== null && <CopyForPatchwork url={url} />}
          <Button variant="ghost" onClick={() => openSettings('tunnel.')}>
            Settings
          </Button>
        </>
      }
    >
      {consumers.length === 0 ? (
        <p className="text-muted">
          Nobody is told yet. A new address can be written into an .env, JSON or text file, or posted to a
          webhook, by itself each time it changes: add them under Settings, at tunnel.consumers. PatchWork
          takes it from the clipboard.
        </p>
      ) : (
        <>
          <p role="status" className="text-muted">
            {consumerSummary(consumers, address?.revision ?? null)}
            {address !== null && url === null && ' That address does not work now.'}
          </p>
          <Table caption="Who uses the tunnel’s address">
            <thead>
              <tr>
                <Th>Who</Th>
                <Th>State</Th>
                <Th numeric>Revision</Th>
                <Th>When</Th>
                <Th>
                  <span className="sr-only">Tell it now</span>
                </Th>
              </tr>
            </thead>
            <tbody>
              {consumers.map((consumer) => (
                <ConsumerRow key={consumer.id} consumer={consumer} isOurs={service.supervisor === null} />
              ))}
            </tbody>
          </Table>
        </>
      )}
    </Card>
  );
}

/** `isOurs`: this Flowdeck supervises, and so can tell it at once. */
function ConsumerRow({ consumer, isOurs }: { consumer: ConsumerView; isOurs: boolean }) {
  const tell = useTellConsumer();
  const { target, kind, state, revision, confirmedAt, nextAttemptAt, problem } = consumer;
  return (
    <tr className="align-top">
      <Td className="py-1.5">
        <span className="break-all">{target}</span>
        {kind !== 'runner' && <span className="block text-muted text-xs">{kindWords[kind]}</span>}
      </Td>
      <Td className="max-w-80 py-1.5">
        <StateMark {...consumerMark(consumer)} />
        {problem && (
          <span className="block break-words">
            {problem.message} <span className="text-muted">{problem.cure}</span>
          </span>
        )}
      </Td>
      <Td numeric className="py-1.5">
        {revision ?? <span className="text-muted">none</span>}
      </Td>
      <Td className="whitespace-nowrap py-1.5">
        {state === 'pending' && nextAttemptAt !== null ? (
          <NextTry at={nextAttemptAt} />
        ) : confirmedAt !== null ? (
          <RelativeTime at={confirmedAt} />
        ) : (
          <span className="text-muted">not yet</span>
        )}
      </Td>
      <Td className="py-1 text-right">
        {state === 'pending' && isOurs && (
          <Button
            size="sm"
            busy={tell.isPending}
            aria-label={`Tell it now: ${target}`}
            onClick={() => tell.mutate({ id: consumer.id }, { onError: notifyError })}
          >
            Tell it now
          </Button>
        )}
      </Td>
    </tr>
  );
}

/** Counts down by itself. */
function NextTry({ at }: { at: string }) {
  const now = useNow();
  return (
    <Tooltip text={exactTime(at)}>
      <time dateTime={at}>{Date.parse(at) <= now ? 'being told' : `next try ${relativeTime(at, now)}`}</time>
    </Tooltip>
  );
}

/** PatchWork is a page in a browser somewhere: its address is pasted by hand. */
function CopyForPatchwork({ url }: { url: string }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(url);
      notifyDone('The address is copied. Paste it into the settings of PatchWork.');
    } catch (error) {
      notifyError(error);
    }
  };
  return <Button onClick={copy}>Copy for PatchWork</Button>;
}
