import { Component, type ReactNode } from 'react';
import { Button } from '../components/button.tsx';
import { ErrorCard } from '../components/error-card.tsx';

type ScreenGuardProps = { children: ReactNode };
type ScreenGuardState = { error: Error | null };

/** Keeps a fault in one screen from blanking the window: the frame stays, and the fault can be copied. */
export class ScreenGuard extends Component<ScreenGuardProps, ScreenGuardState> {
  override state: ScreenGuardState = { error: null };

  static getDerivedStateFromError(thrown: unknown): ScreenGuardState {
    return { error: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <div className="p-5">
        <ErrorCard
          what="This screen could not be drawn."
          why="This is a fault of Flowdeck. Runs and services are not touched by it."
          cure="Show it again; if that does not help, report the raw output."
          raw={String(error)}
          action={
            <Button size="sm" onClick={() => this.setState({ error: null })}>
              Show again
            </Button>
          }
        />
      </div>
    );
  }
}
