import type { ComponentProps } from 'react';
import { cx } from './cx.ts';

/** A table whose columns do the aligning: no lines but under the head. `caption` names it for a screen reader. */
export function Table({
  caption,
  className,
  children,
  ...rest
}: ComponentProps<'table'> & { caption: string }) {
  return (
    <table {...rest} className={cx('w-full border-collapse text-left', className)}>
      <caption className="sr-only">{caption}</caption>
      {children}
    </table>
  );
}

type CellProps = { /** Numbers stand at the right. */ numeric?: boolean };

/** Head of a column. */
export function Th({ numeric = false, className, ...rest }: ComponentProps<'th'> & CellProps) {
  return (
    <th
      scope="col"
      {...rest}
      className={cx(
        'h-7 whitespace-nowrap border-line border-b px-2 font-normal text-muted text-xs first:pl-0 last:pr-0',
        numeric && 'text-right',
        className,
      )}
    />
  );
}

/** A cell. */
export function Td({ numeric = false, className, ...rest }: ComponentProps<'td'> & CellProps) {
  return (
    <td
      {...rest}
      className={cx('h-8 px-2 first:pl-0 last:pr-0', numeric && 'whitespace-nowrap text-right', className)}
    />
  );
}

/** Facts in two columns: what on the left, its value on the right. */
export function Facts({ className, ...rest }: ComponentProps<'dl'>) {
  return (
    <dl {...rest} className={cx('grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1', className)} />
  );
}

/** One fact of Facts. */
export function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}
