import { Toaster as Sonner, toast } from 'sonner';
import { toFailure } from '../../shared/failure.ts';
import { cx } from './cx.ts';

/** Where short messages appear; once in the window. */
export function Toaster() {
  return (
    <Sonner
      position="bottom-right"
      // Above the buttons of a footer: what can be pressed next is not covered.
      offset={{ bottom: 72, right: 16 }}
      gap={8}
      containerAriaLabel="Messages"
      toastOptions={{
        unstyled: true,
        closeButton: true,
        classNames: {
          // Can be pressed over a dialog, too, which else takes all pointers.
          toast: cx(
            'pointer-events-auto flex w-90 items-start gap-3 rounded-md border border-line bg-raised px-3 py-2 text-base text-ink shadow-lift',
            // Two buttons leave the words no room beside them: they go below.
            '[&:has([data-cancel])>[data-content]]:basis-4/5 [&:has([data-cancel])]:flex-wrap',
          ),
          description: 'text-muted whitespace-pre-line',
          error: 'border-bad/60 [&>[data-icon]]:text-bad',
          success: '[&>[data-icon]]:text-good',
          icon: 'mt-0.5 shrink-0',
          actionButton:
            'order-1 ml-auto h-6 shrink-0 rounded-sm border border-line-strong/60 px-2 text-xs hover:bg-hover',
          cancelButton:
            'ml-auto h-6 shrink-0 rounded-sm border border-line-strong/60 px-2 text-xs hover:bg-hover [&+button]:ml-0',
          closeButton:
            'order-2 ml-auto size-6 shrink-0 rounded-sm p-1 text-muted hover:bg-hover hover:text-ink',
        },
      }}
    />
  );
}

/** Tells that something a person asked for is done. */
export function notifyDone(message: string): void {
  toast.success(message);
}

/** Time to read, to notice a slip and to reach the button. */
const UNDO_MS = 10_000;

/** Tells that something is done which can be taken back; `next` is what is worth doing after it. */
export function notifyUndo(
  message: string,
  undo: () => void,
  next?: { label: string; run: () => void } | null,
): void {
  toast.success(message, {
    duration: UNDO_MS,
    action: { label: 'Undo', onClick: undo },
    ...(next && { cancel: { label: next.label, onClick: next.run } }),
  });
}

/** Tells that something is done that goes on elsewhere, with the way there. */
export function notifyLink(message: string, label: string, go: () => void): void {
  toast.success(message, { duration: UNDO_MS, action: { label, onClick: go } });
}

/** Shows any thrown thing as its Failure: the sentence, the place and the cure. Stays until it is closed. */
export function notifyError(error: unknown): void {
  const { message, where, cure } = toFailure(error);
  const description = [where, cure].filter((text) => text !== undefined).join('\n');
  toast.error(message, { duration: Number.POSITIVE_INFINITY, ...(description && { description }) });
}
