import { useEffect, useRef, useState } from 'react';
import type { RunNodeView } from '../../../shared/run-view.ts';
import { newsSince } from './run-words.ts';

const EVERY_MS = 10_000;

const statesOf = (nodes: readonly RunNodeView[]) => new Map(nodes.map((node) => [node.nodeId, node.state]));

/**
 * Tells a screen reader which nodes have ended or wait for a person, at most every 10 s. How far the run is as a whole
 * is told by the frame.
 */
export function NodeAnnouncer({ nodes }: { nodes: readonly RunNodeView[] }) {
  const [news, setNews] = useState('');
  const latest = useRef(nodes);
  useEffect(() => {
    latest.current = nodes;
  });
  useEffect(() => {
    let told = statesOf(latest.current);
    const timer = setInterval(() => {
      setNews(newsSince(told, latest.current));
      told = statesOf(latest.current);
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <p role="status" aria-live="polite" className="sr-only">
      {news}
    </p>
  );
}
