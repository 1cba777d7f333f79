import type { BackendError, BackendHealth } from './backend.ts';
import type { Connection } from './connection.ts';
import { type AnswerFacts, classifyAnswer, wrongService } from './errors.ts';
import { readHealth, readTaskList } from './wire.ts';

const unknownHealth = {
  serverName: null,
  uptimeS: null,
  tasksPending: null,
  tasksRunning: null,
  demo: false,
};

/**
 * Is it there, and is it G-Labs (behaviour.md §10, glabs-api.md A9): 200 with a JSON object is up; a 404 in JSON is
 * alive, try the next path; anything else is somebody else's, and named.
 *
 * @param paths health paths in order
 * @param limitMs for each path
 */
export async function probeHealth(
  connection: Connection,
  paths: string[],
  limitMs: number,
  signal?: AbortSignal,
): Promise<BackendHealth> {
  const look = (path: string): Promise<AnswerFacts> =>
    connection.askFacts(
      'health',
      { method: 'GET', path, connection: 'own', connectMs: limitMs, totalMs: limitMs },
      signal,
    );

  let stranger: BackendError | null = null;
  for (const path of paths) {
    const answer = await look(path);
    // 401 and 403: a build that asks for the key before it looks at the path. Whether the key is right is another question.
    if ([401, 403, 404].includes(answer.status) && answer.json !== undefined) continue;
    const health = answer.status === 200 ? readHealth(answer.json) : null;
    if (health !== null) return { healthPath: path, ...health };
    const error = errorOf(answer, connection);
    if (error.kind !== 'wrong-service') throw error;
    // A page in place of one path may still be a G-Labs that knows another.
    stranger ??= error;
  }
  if (stranger !== null) throw stranger;

  // Alive, with a health path we do not know: G-Labs if it has a list of tasks, or guards one with a key.
  const answer = await look('/api/tasks');
  if (answer.json === undefined || ![200, 401, 403].includes(answer.status)) {
    throw wrongService(answer, connection.asked('health'));
  }
  if (answer.status === 200) readTaskList(answer.json);
  return { healthPath: paths[0] ?? '/', ...unknownHealth };
}

function errorOf(answer: AnswerFacts, connection: Connection): BackendError {
  const asked = connection.asked('health');
  return answer.status < 300 ? wrongService(answer, asked) : classifyAnswer(answer, asked);
}
