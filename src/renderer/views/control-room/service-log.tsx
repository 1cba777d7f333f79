import { ChevronDown, ChevronRight } from 'lucide-react';
import type { ServiceView } from '../../../shared/services.ts';
import { Button } from '../../components/button.tsx';
import { LogView } from '../../components/log-view.tsx';
import { useLogs } from '../../state/logs.ts';

/** The live log of a service; folded it shows its newest line. Nothing as long as there is no line. */
export function ServiceLog({ name, service }: { name: string; service: ServiceView }) {
  const open = useLogs((state) => !state.folded.includes(service.name));
  const toggle = useLogs((state) => state.toggle);
  const newest = service.log.at(-1);
  if (!newest) return null;
  const fold = (
    <Button
      size="sm"
      variant="ghost"
      icon={open ? <ChevronDown aria-hidden /> : <ChevronRight aria-hidden />}
      aria-expanded={open}
      aria-label={`Log of ${name}`}
      onClick={() => toggle(service.name)}
      className="-ml-2"
    >
      Log
    </Button>
  );
  if (open)
    return (
      <LogView name={name} lines={service.log} empty="No output yet." before={fold} className="h-48 grow" />
    );
  return (
    <div className="flex min-w-0 items-center gap-2">
      {fold}
      <span className="min-w-0 truncate font-mono text-muted text-xs">{newest.text}</span>
    </div>
  );
}
