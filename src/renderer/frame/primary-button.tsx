import { Button } from '../components/button.tsx';
import { useNextStep } from './use-next-step.ts';

/** The one primary button of the window (ui.md, Frame). */
export function PrimaryButton() {
  const step = useNextStep();
  if (!step) return null;
  return (
    <Button variant="primary" size="lg" busy={step.busy} onClick={step.run} className="ml-1 min-w-24">
      {step.title}
    </Button>
  );
}
