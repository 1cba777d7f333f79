import { Table, Td, Th } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { Screen } from '../../components/screen.tsx';
import { useWorkflows } from '../../wire/queries.ts';

/** The workflow files of the project folders. */
export function WorkflowsView() {
  const workflows = useWorkflows();
  return (
    <Screen title="Workflows">
      <Loaded query={workflows} waiting="Looking for workflows">
        {(view) =>
          view.workflows.length > 0 ? (
            <Table caption="Workflows">
              <thead>
                <tr>
                  <Th>Name</Th>
                  <Th>Folder</Th>
                  <Th>Changed</Th>
                  <Th numeric>Scenes</Th>
                </tr>
              </thead>
              <tbody>
                {view.workflows.map((workflow) => (
                  <tr key={workflow.path} className="hover:bg-hover">
                    <Td>{workflow.name}</Td>
                    <Td className="text-muted">{workflow.folder}</Td>
                    <Td className="text-muted">
                      <RelativeTime at={workflow.modifiedAt} />
                    </Td>
                    <Td numeric>{workflow.scenes}</Td>
                  </tr>
                ))}
              </tbody>
            </Table>
          ) : (
            <EmptyState title="Workflows will be here">
              <p>Files ending in .nbflow of your project folders, watched for changes.</p>
            </EmptyState>
          )
        }
      </Loaded>
    </Screen>
  );
}
