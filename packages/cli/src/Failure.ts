/** What the process ends with: the command did what it was asked, found or met a problem, or was asked wrongly. */
export type ExitCode = 0 | 1 | 2

/** An end that a person has to do something about. The message says what, in one sentence or two, and holds no secret. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly exitCode: ExitCode

  constructor(message: string, exitCode: ExitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}
