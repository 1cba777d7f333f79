import type { ReactNode } from 'react';

type EmptyStateProps = {
  /** What will be here. */
  title: ReactNode;
  children?: ReactNode;
  /** The first step, as a button. */
  action?: ReactNode;
};

/** No screen is blank (ui.md): says what will be here, and offers the first step. */
export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <div className="flex flex-1 flex-col items-center justify-center gap-3 p-8 text-center">
      <div className="max-w-120">
        <p className="font-semibold text-lg">{title}</p>
        {children && <div className="mt-1 text-muted">{children}</div>}
      </div>
      {action}
    </div>
  );
}
