import type { ServiceView, TunnelFacts } from '../../../shared/services.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Fact } from '../../components/data-table.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { type ServiceActions, useServiceActions } from '../../state/service-actions.ts';
import { tunnelAbsence, verifiedUrl } from '../../state/service-look.ts';
import { openSettings } from '../../state/settings-search.ts';
import { AddressFact, ServiceFacts } from './service-facts.tsx';
import { ServiceLog } from './service-log.tsx';
import { isStuck, Note, ServiceButtons, ServiceHead, ServiceProblem } from './service-parts.tsx';
import { modeWords, stageWords } from './tunnel-words.ts';

/** The tunnel that makes G-Labs reachable from outside: how far it has come, and what it waits for. */
export function TunnelCard({ service }: { service: ServiceView }) {
  const actions = useServiceActions('tunnel', service);
  const absence = tunnelAbsence(service);
  if (absence !== null) return <AbsentTunnel service={service} actions={actions} isOff={absence === 'off'} />;
  const facts = service.tunnel;
  // Where something is wrong, that says more than how far it had come.
  const words = facts && service.problem === null ? stageWords(facts) : null;
  return (
    <Card title="Tunnel" aside={<ServiceButtons name="tunnel" actions={actions} stuck={isStuck(service)} />}>
      <ServiceHead service={service} />
      {words && <Note>{words}</Note>}
      {service.state === 'stopped' && service.problem === null && <Note>{startWords(service, facts)}</Note>}
      <ServiceProblem service={service} actions={actions} />
      <ServiceFacts service={service}>
        {facts && <TunnelAddress service={service} facts={facts} />}
        {facts && <Fact name="Mode">{modeWords[facts.mode]}</Fact>}
      </ServiceFacts>
      <ServiceLog name="the tunnel" service={service} />
    </Card>
  );
}

function startWords(service: ServiceView, facts: TunnelFacts | null): string {
  if (service.startWill === 'nothing') return 'Start has nothing to bring up.';
  if (facts?.mode === 'url') return 'Start checks whether your address leads to G-Labs.';
  return 'Gives G-Labs a public address, for PatchWork and programs elsewhere. Start runs cloudflared.';
}

/** The address that works, or what there is of one; only one that was seen to work can be copied. */
function TunnelAddress({ service, facts }: { service: ServiceView; facts: TunnelFacts }) {
  const url = verifiedUrl(service);
  if (url !== null && facts.address !== null) {
    return (
      <>
        <Fact name="Address">
          <AddressFact url={url} what="address of the tunnel" />
        </Fact>
        <Fact name="Verified">
          <RelativeTime at={facts.address.verifiedAt} />
          <span className="text-muted">, revision {facts.address.revision}</span>
        </Fact>
      </>
    );
  }
  if (service.url !== null && service.state !== 'stopped') {
    return (
      <Fact name="Address">
        {service.url} <span className="text-muted">(not verified)</span>
      </Fact>
    );
  }
  if (facts.address === null) return null;
  return (
    <Fact name="Last address">
      <span className="text-muted">{facts.address.url}</span>
    </Fact>
  );
}

type AbsentTunnelProps = { service: ServiceView; actions: ServiceActions; isOff: boolean };

/** No tunnel, and nothing wrong with that: G-Labs alone is enough for runs. */
function AbsentTunnel({ service, actions, isOff }: AbsentTunnelProps) {
  const { problem } = service;
  return (
    <Card
      title="Tunnel"
      aside={
        <>
          <ServiceButtons name="tunnel" actions={actions} stuck={false} />
          <Button variant="ghost" onClick={() => openSettings('tunnel.')}>
            Settings
          </Button>
        </>
      }
    >
      <ServiceHead service={service} />
      <p>
        Runs need no tunnel: they call G-Labs on this machine. It is for PatchWork and programs elsewhere.
      </p>
      {isOff && <Note>It is switched off by the setting tunnel.mode.</Note>}
      {!isOff && problem && (
        <>
          <Note>
            {problem.message} {problem.cure}
          </Note>
          {problem.command !== undefined && <Command text={problem.command} />}
        </>
      )}
    </Card>
  );
}

/** A command to type in a terminal. */
function Command({ text }: { text: string }) {
  return (
    <div className="flex items-start gap-2 rounded-sm bg-sunken py-1 pr-1 pl-3">
      <code className="min-w-0 flex-1 whitespace-pre-wrap break-words py-0.5 font-mono text-xs">{text}</code>
      <CopyButton text={text} what="command" />
    </div>
  );
}
