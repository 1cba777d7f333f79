import { Diff } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { Comparison } from './comparison.tsx';

/** What a run began with beside what it wrote, over the screen of the run. */
export function CompareRun({ runId, name }: { runId: string; name: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" className="w-fit" icon={<Diff aria-hidden />} onClick={() => setOpen(true)}>
        Compare input and output…
      </Button>
      {isOpen && (
        <Dialog
          open
          focusWhole
          onOpenChange={setOpen}
          title={`Input and output of ${name}`}
          description="What the run began with, and what it wrote."
          className="h-[calc(100vh-48px)] max-w-320"
        >
          <div className="flex h-full min-h-80 flex-col">
            <Comparison
              before={{ of: 'run', runId, side: 'input' }}
              after={{ of: 'run', runId, side: 'output' }}
              onLeave={() => setOpen(false)}
            />
          </div>
        </Dialog>
      )}
    </>
  );
}
