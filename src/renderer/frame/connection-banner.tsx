import { StateMark } from '../components/state-mark.tsx';
import { useWireState } from '../wire/provider.tsx';

/**
 * While the connection to the main side is lost: what is seen is old, and what is pressed is refused. Lies over the
 * lower edge, so that it moves nothing when it comes and goes.
 */
export function ConnectionBanner() {
  const state = useWireState();
  return (
    <div role="status" className="absolute inset-x-0 bottom-0 z-30">
      {state === 'lost' && (
        <div className="flex min-h-8 items-center gap-3 border-attn border-t bg-attn-soft px-5 py-1">
          <StateMark mark="needs-you" word="Connection lost" className="font-medium" />
          <span>Trying again by itself. Runs go on meanwhile; what you see here may be old.</span>
        </div>
      )}
    </div>
  );
}
