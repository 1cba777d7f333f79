import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { useWindow } from '../../state/window.ts';
import { useServices, useWorkflows } from '../../wire/queries.ts';

/** The way from a fresh start to the first pictures, while there has been no run yet. */
export function FirstSteps() {
  const openWorkflow = useWindow((state) => state.openWorkflow);
  const glabs = useServices().data?.glabs;
  const workflows = useWorkflows().data?.workflows ?? [];
  const up = glabs?.state === 'ready';
  const smallest = workflows
    .filter((workflow) => workflow.unreadable === null && workflow.generationNodes > 0)
    .toSorted((a, b) => a.generationNodes - b.generationNodes)[0];

  return (
    <Card title="First run" className="shrink-0">
      <ol className="grid grid-cols-1 gap-4 md:grid-cols-3">
        <Step number={1} title="Start" done={up}>
          {glabs?.startWill === 'demo'
            ? 'No G-Labs is set up, so Start brings up the demo: made-up pictures and clips that cost nothing.'
            : 'Brings up G-Labs, which makes the images and clips.'}
        </Step>
        <Step number={2} title="Choose a workflow" done={false}>
          {smallest ? (
            <>
              {smallest.name}, {smallest.scenes} scenes, is a good first one.
              <Button size="sm" className="mt-2 flex" onClick={() => openWorkflow(smallest.path)}>
                Choose {smallest.name}
              </Button>
            </>
          ) : (
            'Add the folder of your workflows on the screen Workflows.'
          )}
        </Step>
        <Step number={3} title="Run" done={false}>
          You see the plan first: what will be generated, why, how long it takes and what it costs.
        </Step>
      </ol>
    </Card>
  );
}

type StepProps = { number: number; title: string; done: boolean; children: React.ReactNode };

function Step({ number, title, done, children }: StepProps) {
  return (
    <li>
      <p className="flex items-center gap-2 font-medium">
        {number} {title}
        {done && <StateMark mark="done" word="done" className="font-normal" />}
      </p>
      <div className="text-muted">{children}</div>
    </li>
  );
}
