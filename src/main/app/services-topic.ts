import { applyServicesChange, type ServicesChange, type ServicesView } from '../../shared/services.ts';
import type { Clock } from '../platform/clock.ts';
import type { GlabsService } from '../services/glabs.ts';
import { stoppedTunnelView } from '../services/stopped-tunnel.ts';
import { createTopic, type Topic } from './topic.ts';

/** The services, live. */
export function createServicesTopic(
  glabs: Pick<GlabsService, 'view' | 'subscribe'>,
  clock: Clock,
): { topic: Topic<ServicesView, ServicesChange>; close(): void } {
  const topic = createTopic<ServicesView, ServicesChange>({
    initial: { glabs: glabs.view(), tunnel: stoppedTunnelView(clock) },
    apply: applyServicesChange,
  });
  const stop = glabs.subscribe(topic.publish);
  return {
    topic,
    close() {
      stop();
      topic.close();
    },
  };
}
