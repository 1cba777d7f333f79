import type { ReactNode } from 'react';
import type { FlowdeckError } from '../../shared/failure.ts';
import { ErrorCard } from './error-card.tsx';

/** The part of a query this file looks at. */
type Answer<T> = { data: T | undefined; error: FlowdeckError | null };

type LoadedProps<T> = {
  query: Answer<T>;
  /** What is being waited for: `Reading the settings`. */
  waiting: string;
  children: (data: T) => ReactNode;
};

/** What came over the wire, or why it did not, or that it is on its way: never a blank place. */
export function Loaded<T>({ query, waiting, children }: LoadedProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) {
    const { message, where, cure } = query.error.failure;
    return <ErrorCard what={message} why={where} cure={cure} />;
  }
  return (
    <p role="status" className="text-muted">
      {waiting}…
    </p>
  );
}
