import { servicesSentence } from '../state/service-look.ts';
import { useServices } from '../wire/queries.ts';

/** Tells a screen reader, politely, when a service has come to another state, whatever screen is open. */
export function ServicesAnnouncer() {
  const services = useServices().data;
  return (
    <p role="status" aria-live="polite" className="sr-only">
      {services && servicesSentence(services)}
    </p>
  );
}
