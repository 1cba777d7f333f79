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
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div className="flex min-w-0 items-center gap-3">
        <Button size="sm" variant="ghost" aria-expanded={open} onClick={() => toggle(service.name)}>
          {open ? 'Hide log' : 'Show log'}
        </Button>
        {!open && <span className="min-w-0 truncate font-mono text-muted text-xs">{newest.text}</span>}
      </div>
      {open && <LogView name={name} lines={service.log} empty="No output yet." className="h-48" />}
    </div>
  );
}
