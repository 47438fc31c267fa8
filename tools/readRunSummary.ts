/** A task that turbo ran, or took from its cache. */
export interface FinishedTask {
  /** Package and task, such as `@authpipe/core#build`; `//#lint` for the root. */
  readonly id: string
  readonly succeeded: boolean
}

/**
 * Reads the file that `turbo run --summarize` writes. A task whose dependency failed is not in it; one without an exit code did not succeed.
 *
 * @throws {Error} where the text is no such summary
 */
export function readRunSummary(text: string): FinishedTask[] {
  const summary: unknown = JSON.parse(text)
  if (!isRecord(summary) || !Array.isArray(summary.tasks)) throw new Error('This is not a run summary of turbo.')
  return summary.tasks.map((task: unknown) => {
    if (!isRecord(task) || typeof task.taskId !== 'string') throw new Error('The run summary of turbo has a task without an id.')
    return { id: task.taskId, succeeded: isRecord(task.execution) && task.execution.exitCode === 0 }
  })
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
