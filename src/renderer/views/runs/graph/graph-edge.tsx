import { type Edge, type EdgeProps, getBezierPath, getSmoothStepPath } from '@xyflow/react';
import { memo } from 'react';
import { cx } from '../../../components/cx.ts';
import { isAtWork, useLive } from './graph-live.ts';
import type { GraphLink } from './graph-model.ts';

export type LinkEdge = Edge<{ link: GraphLink }, 'link'>;

/** How far right of a shared source its links turn down, in canvas units: all of them the same way. */
const TURN = 36;

/** A link. Links of a shared source go along one common way, so that hundreds of them stay one line to the eye. */
export const LinkView = memo(function LinkView(props: EdgeProps<LinkEdge>) {
  const link = props.data?.link;
  const onPath = useLive((state) => link !== undefined && state.path.links.has(link.id));
  const making = useLive((state) => link !== undefined && isAtWork(state.nodes.get(link.to)));
  const [path] = link?.shared
    ? getSmoothStepPath({ ...props, centerX: props.sourceX + TURN, borderRadius: 12 })
    : getBezierPath(props);
  return (
    <path
      d={path}
      data-making={making || undefined}
      className={cx(
        'pointer-events-none fill-none stroke-line-strong [vector-effect:non-scaling-stroke]',
        making && 'graph-making stroke-busy',
        onPath && 'stroke-2 stroke-accent-text',
      )}
    />
  );
});
