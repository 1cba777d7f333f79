import { Pencil, Plus, Trash2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { SettingEntry } from '../../../shared/contract.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { Table, Td, Th } from '../../components/data-table.tsx';
import { notifyError, notifyUndo } from '../../components/toaster.tsx';
import { useSetSetting } from '../../wire/queries.ts';
import { ConsumerDialog } from './consumer-dialog.tsx';
import { type Consumer, consumerPlace, consumersIn, kindWords } from './consumer-fields.ts';

const isSame = (one: Consumer, other: Consumer): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Who is told the address of the tunnel: a line each, to be changed and taken out. */
export function ConsumerList({ entry }: { entry: SettingEntry }) {
  const set = useSetSetting();
  const [open, setOpen] = useState<Consumer | 'new' | null>(null);
  const add = useRef<HTMLButtonElement>(null);
  const consumers = consumersIn(entry.value);
  // What is undone later is undone in the list as it is by then.
  const latest = useRef(consumers);
  useEffect(() => {
    latest.current = consumers;
  });

  const save = (value: Consumer[], onSuccess?: () => void) =>
    set.mutate({ key: entry.key, value }, { onError: notifyError, ...(onSuccess && { onSuccess }) });
  const remove = (consumer: Consumer) => {
    const index = consumers.indexOf(consumer);
    save(
      consumers.filter((each) => each !== consumer),
      () => {
        // The button of the line that goes has the focus: it goes on to one that stays.
        add.current?.focus();
        notifyUndo(`${nameOf(consumer)} is told no more.`, () => {
          if (!latest.current.some((each) => isSame(each, consumer)))
            save(latest.current.toSpliced(index, 0, consumer));
        });
      },
    );
  };

  return (
    <div className="flex flex-col gap-2 py-2">
      <div>
        <p>{entry.meaning}</p>
        <p className="text-muted text-xs">
          {entry.key}
          {entry.changed && ' · changed'}
        </p>
      </div>
      {consumers.length === 0 ? (
        <p className="text-muted">Nobody. PatchWork takes the address from the clipboard.</p>
      ) : (
        <Table caption="Who is told the address of the tunnel">
          <thead>
            <tr>
              <Th>Kind</Th>
              <Th>What</Th>
              <Th>Where</Th>
              <Th>
                <span className="sr-only">Change</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {consumers.map((consumer) => (
              <tr key={JSON.stringify(consumer)}>
                <Td className="whitespace-nowrap">{kindWords[consumer.kind]}</Td>
                <Td className="break-all font-mono text-xs">{consumerPlace(consumer).what}</Td>
                <Td className="break-all">{consumerPlace(consumer).where}</Td>
                <Td className="w-15 whitespace-nowrap">
                  <IconButton
                    label={`Change ${nameOf(consumer)}`}
                    icon={<Pencil aria-hidden />}
                    onClick={() => setOpen(consumer)}
                  />
                  <IconButton
                    label={`Take out ${nameOf(consumer)}`}
                    icon={<Trash2 aria-hidden />}
                    onClick={() => remove(consumer)}
                  />
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      <Button ref={add} className="self-start" icon={<Plus aria-hidden />} onClick={() => setOpen('new')}>
        Add who is told
      </Button>
      {open !== null && (
        <ConsumerDialog
          edited={open === 'new' ? null : open}
          others={consumers.filter((each) => open === 'new' || !isSame(each, open))}
          listWith={(consumer) =>
            open === 'new'
              ? [...consumers, consumer]
              : consumers.map((each) => (isSame(each, open) ? consumer : each))
          }
          onClose={() => setOpen(null)}
        />
      )}
    </div>
  );
}

/** `GLABS_URL in /ads/.env`. */
function nameOf(consumer: Consumer): string {
  const { what, where } = consumerPlace(consumer);
  return consumer.kind === 'webhook' ? `the webhook ${where}` : `${what} in ${where}`;
}
